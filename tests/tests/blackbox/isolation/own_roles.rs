//! The roles under which the functions themselves run reach no tenant's row.

use super::{
    operations::{ON_INDEX_AND_TABLE, ON_ROWS, Session},
    print_counts, require,
    routes::routes,
    sample_rows::SampleTenant,
    workers::workers,
};
use crate::{failed::Outcome, world::World};

#[tokio::test]
async fn matrix_of_the_functions_own_roles() -> Outcome {
    let world = World::open().await?;
    let [mine, ..] = SampleTenant::neighbours(&world).await?;
    let functions: Vec<_> = routes().map(|route| route.function).chain(workers()).collect();
    let mut cases = 0;
    for function in &functions {
        let own = world.aws.assume(&world.role_arn(function), None).await?;
        let session = Session { client: own.dynamodb(), table: world.output("TableName").to_owned() };
        for kind in ["CONTACT", "KEY", "TICKET", "CALL"] {
            for operation in ON_ROWS.into_iter().chain(ON_INDEX_AND_TABLE) {
                // The index partition, and the whole table, are the same whatever the kind.
                if kind != "CALL" && ON_INDEX_AND_TABLE.contains(&operation) {
                    continue;
                }
                let permitted = session.permits(operation, mine.row(kind), mine.row(kind)).await?;
                require(!permitted, || format!("{function} may {operation:?} a {kind}"))?;
                cases += 1;
            }
        }
    }
    mine.assert_unchanged(&world).await?;
    print_counts(&format!("{} functions' own roles: {cases} cases, 0 leaks", functions.len()));
    Ok(())
}

//! IAM does not look at index keys on writes: a session could put a row of its own tenant into another's index partition.
//! Our own writes refuse that, and what has got in all the same is dropped by whoever reads the index.

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::{ClaimedTenant, Provenance, TenantId};
use table::{CallSource, CallStretch, TableError, TenantTable};

use super::{
    data_roles::{DATA_ROLES, DataRole},
    leak,
    operations::{Operation, Session},
    print_counts, require,
    sample_rows::SampleTenant,
};
use crate::{failed::Outcome, world::World};

#[tokio::test]
async fn matrix_of_foreign_index_keys() -> Outcome {
    let world = World::open().await?;
    let [mine, longer, stranger] = SampleTenant::neighbours(&world).await?;
    let writer = role("CallsWriterRoleArn").session(&world, &mine.id).await?;
    let table = world.output("TableName");
    let own = TenantTable::new(writer.dynamodb(), table, tenant(&mine.id));
    for other in [&longer, &stranger] {
        let mut row = mine.row("CALL").clone();
        row.insert("gsi1pk".to_owned(), other.row("CALL")["gsi1pk"].clone());
        let refused = own.put_any(row.clone()).await;
        require(matches!(refused, Err(TableError::Denied(_))), || format!("a put: {refused:?}"))?;
        let refused = own.transaction().put_any(row.clone()).commit().await;
        require(matches!(refused, Err(TableError::Denied(_))), || format!("a transaction: {refused:?}"))?;

        // Past our own code, as IAM lets it.
        let session = Session { client: writer.dynamodb(), table: table.to_owned() };
        let row_in = |sort: &str| {
            let mut row = row.clone();
            row.insert("sk".to_owned(), AttributeValue::S(sort.to_owned()));
            row
        };
        let planted = row_in("call_01kar4vg2s9d8f7g6h5j4k3m2p");
        require(session.permits(Operation::PutItem, &planted, &planted).await?, || {
            "IAM looks now".to_owned()
        })?;
        let reader = role("CallsReaderRoleArn").session(&world, &other.id).await?;
        let theirs = TenantTable::new(reader.dynamodb(), table, tenant(&other.id));
        let stretch = CallStretch::between(None, None, 50, None);
        let contact =
            kernel::ContactId::parse("con_01kar4t5v3c8m2x9p7w6r4n1hz").ok_or_else(|| leak("an id"))?;
        let seen = theirs.calls(&CallSource::Contact(contact), &stretch).await?.items;
        let foreign =
            seen.iter().filter(|item| item["secret"] != AttributeValue::S(other.id.clone())).count();
        require((seen.len(), foreign) == (1, 0), || format!("{} calls, {foreign} foreign", seen.len()))?;
    }
    print_counts("another tenant's index key: 8 cases, 0 leaks");
    Ok(())
}

fn role(output: &str) -> &'static DataRole {
    DATA_ROLES.iter().find(|role| role.output == output).expect("a data role")
}

#[expect(clippy::disallowed_methods, reason = "a test may name its tenants")]
fn tenant(id: &str) -> TenantId {
    ClaimedTenant::parse(id).expect("a tenant's id").vouch(Provenance::OwnRecord)
}

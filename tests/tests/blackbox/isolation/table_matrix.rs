//! Operations × sessions × roles.

use super::{
    data_roles::{DATA_ROLES, DataRole},
    operations::{ON_INDEX_AND_TABLE, ON_ROWS, Operation, SINGLE, Session},
    print_counts, require,
    sample_rows::{IDENTITY, KINDS, SampleTenant, other_than},
};
use aws_sdk_dynamodb::types::AttributeValue;

use crate::{aws::Item, failed::Outcome, world::World};

/// Another tenant's rows, and those of one whose id begins alike, under a session of one's own. There is none of nobody's:
/// `session_tags` sees to that.
#[tokio::test]
async fn matrix_of_operations_on_other_tenants() -> Outcome {
    let world = World::open().await?;
    let [mine, longer, stranger] = SampleTenant::neighbours(&world).await?;
    let mut refusals = 0;
    for role in DATA_ROLES {
        let session = session(&world, role, &mine.id).await?;
        refusals += all_refused(role, &session, &mine, &longer).await?;
        refusals += all_refused(role, &session, &mine, &stranger).await?;
    }
    for tenant in [&mine, &longer, &stranger] {
        tenant.assert_unchanged(&world).await?;
    }
    let operations = ON_ROWS.len() + ON_INDEX_AND_TABLE.len();
    let roles = DATA_ROLES.len();
    print_counts(&format!(
        "{operations} operations on 2 neighbours, {roles} roles: {refusals} cases, 0 leaks"
    ));
    Ok(())
}

/// What a role is for, and nothing beyond: without this the refusals above would prove nothing.
#[tokio::test]
async fn matrix_of_operations_on_the_own_tenant() -> Outcome {
    let world = World::open().await?;
    let [mine, ..] = SampleTenant::neighbours(&world).await?;
    let (mut allowed, mut refused, mut wrong) = (0, 0, Vec::new());
    for role in DATA_ROLES {
        let session = session(&world, role, &mine.id).await?;
        for (kind, row) in &mine.rows {
            for operation in SINGLE {
                let wanted = role.allows(operation, kind);
                let permitted = session.permits(operation, row, row).await?;
                if permitted != wanted {
                    wrong.push(format!("{}: {operation:?} on the own {kind}: {permitted}", role.output));
                }
                if permitted { allowed += 1 } else { refused += 1 }
            }
        }
        let index = session.permits(Operation::QueryIndex, mine.row("CALL"), mine.row("CALL")).await?;
        require(index == (role.output == "CallsReaderRoleArn"), || format!("{}: the index", role.output))?;
    }
    require(wrong.is_empty(), || wrong.join("\n"))?;
    print_counts(&format!("own rows: {allowed} operations allowed, {refused} beyond a role's task refused"));
    Ok(())
}

/// Which tenants there are is told to the operators' roles alone, whichever tenant's tag they carry; and these find nothing else in
/// the index.
#[tokio::test]
async fn matrix_of_the_directory() -> Outcome {
    let world = World::open().await?;
    let [mine, _, stranger] = SampleTenant::neighbours(&world).await?;
    let directory = Item::from([("gsi1pk".to_owned(), AttributeValue::S("DIRECTORY".to_owned()))]);
    let mut cases = 0;
    for role in DATA_ROLES {
        let session = session(&world, role, &mine.id).await?;
        let listing = session.permits(Operation::QueryIndex, &directory, &directory).await?;
        let lists = ["ProvisionerRoleArn", "PlatformDirectoryRoleArn", "CallsDirectoryRoleArn"];
        let lists = lists.contains(&role.output);
        require(listing == lists, || format!("{}: the directory: {listing}", role.output))?;
        cases += 1;
        if lists {
            for tenant in [&mine, &stranger] {
                let row = tenant.row("CALL");
                let found = session.permits(Operation::QueryIndex, row, row).await?;
                require(!found, || format!("{}: another partition of the index", role.output))?;
                cases += 1;
            }
        }
    }
    print_counts(&format!("the directory under {} roles: {cases} cases, 0 leaks", DATA_ROLES.len()));
    Ok(())
}

/// The rows that the role may touch in its own tenant, and one kind that it may not.
async fn all_refused(
    role: &DataRole,
    session: &Session,
    mine: &SampleTenant,
    other: &SampleTenant,
) -> Outcome<u32> {
    let mut kinds = role.kinds();
    kinds.insert(other_than(&kinds));
    let mut refused = 0;
    let mut refuse = async |operation: Operation, kind: &str| -> Outcome {
        let permitted = session.permits(operation, mine.row(kind), other.row(kind)).await?;
        refused += 1;
        require(!permitted, || {
            format!("{}: {operation:?} on {kind} of {} went through", role.output, other.id)
        })
    };
    for kind in kinds {
        for operation in ON_ROWS {
            refuse(operation, kind).await?;
        }
    }
    for operation in ON_INDEX_AND_TABLE {
        refuse(operation, "CALL").await?;
    }
    Ok(refused)
}

async fn session(world: &World, role: &DataRole, tenant: &str) -> Outcome<Session> {
    let account = role.session(world, tenant).await?;
    Ok(Session { client: client(&account), table: world.output("TableName").to_owned() })
}

fn client(account: &crate::aws::Account) -> aws_sdk_dynamodb::Client {
    account.dynamodb()
}

/// The kinds of rows are those that the table crate knows: a partition of another label is no tenant's to it.
#[test]
fn every_kind_of_row_is_tried() {
    let granted = DATA_ROLES.iter().flat_map(DataRole::kinds);
    for kind in granted {
        assert!(KINDS.iter().any(|(known, ..)| *known == kind), "{kind}");
    }
    for (kind, ..) in KINDS.iter().filter(|(kind, ..)| *kind != IDENTITY) {
        assert!(table::tenant_of_partition(&format!("T#tnt_a#{kind}")).is_some(), "{kind}");
    }
}

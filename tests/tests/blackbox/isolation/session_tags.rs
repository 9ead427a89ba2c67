//! A data role's session stands for exactly one tenant, because its tag is all that its policy goes by.

use super::{data_roles::DATA_ROLES, leak, print_counts, require};
use crate::{failed::Outcome, world::World};

/// No tag, one that names no tenant or could name many, and one that says more than the tenant.
#[tokio::test]
async fn matrix_of_session_tags() -> Outcome {
    let world = World::open().await?;
    let mine = world.tenant().await?;
    let refused: [&[(&str, &str)]; 9] = [
        &[],
        &[("tenant", "*")],
        &[("tenant", "tnt_*")],
        &[("tenant", "tnt_?????")],
        &[("tenant", "tnt_")],
        &[("tenant", "")],
        &[("tenant", "T#tnt_x")],
        &[("tenant", &mine.id), ("role", "admin")],
        &[("role", "admin")],
    ];
    let mut cases = 0;
    for role in DATA_ROLES {
        let caller = role.caller(&world).await?;
        for tags in refused {
            match caller.assume_tagged(world.output(role.output), tags).await {
                Ok(_) => return Err(leak(format!("{} took the tags {tags:?}", role.output))),
                Err(failed) => {
                    let failed = format!("{failed:?}");
                    let no = failed.contains("AccessDenied") || failed.contains("ValidationError");
                    require(no, || format!("{} {tags:?}: {failed}", role.output))?;
                }
            }
            cases += 1;
        }
        caller.assume_tagged(world.output(role.output), &[("tenant", &mine.id)]).await?;
    }
    print_counts(&format!("session tags under {} roles: {cases} cases, 0 sessions", DATA_ROLES.len()));
    Ok(())
}

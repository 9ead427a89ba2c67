//! What an administrator or an operator takes away is gone within a minute, whatever the token's age.

use std::time::Duration;

use super::{assert_closes, assert_ends, assert_works, set_identity, sub_of};
use crate::{failed::Outcome, world::World};

const PATIENCE: Duration = Duration::from_secs(8);

#[tokio::test]
async fn a_disabled_user_is_out() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    assert_works(&tenant.session).await?;
    let socket = tenant.session.socket().await?;
    set_identity(&world, &tenant.id, &sub_of(&tenant.session)?, "status", "disabled").await?;
    assert_closes(socket).await?;
    assert_ends(&tenant.session).await
}

/// The sockets know the old role's rights, so they start anew; the token reads its role from the table.
#[tokio::test]
async fn another_role_closes_the_sockets() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let socket = tenant.session.socket().await?;
    set_identity(&world, &tenant.id, &sub_of(&tenant.session)?, "role", "manager").await?;
    assert_closes(socket).await?;
    tenant.session.socket().await?.ping(PATIENCE).await?;
    Ok(())
}

#[tokio::test]
async fn a_suspended_tenant_is_out_and_its_neighbour_is_not() -> Outcome {
    let world = World::open().await?;
    let (suspended, neighbour) = (world.tenant().await?, world.tenant().await?);
    let password = "Colleague-horse-7";
    let email = format!("second@{}.example", suspended.id.replace('_', "-"));
    world.user(&suspended.tenant_id, &email, password).await?;
    let colleague = world.api.sign_in(&email, password).await?;
    let sockets = [suspended.session.socket().await?, colleague.socket().await?];
    let mut neighbours = neighbour.session.socket().await?;

    set_identity(&world, &suspended.id, "TENANT", "status", "suspended").await?;
    for socket in sockets {
        assert_closes(socket).await?;
    }
    assert_ends(&suspended.session).await?;
    assert_ends(&colleague).await?;
    neighbours.ping(PATIENCE).await?;
    assert_works(&neighbour.session).await
}

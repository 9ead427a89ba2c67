//! What an administrator or an operator takes away is gone within a minute, whatever the token's age.

use blackbox::{Error, Socket, Ticket};
use http::Method;
use serde_json::json;

use super::{assert_closes, assert_ends, assert_works, set_identity, sub_of};
use crate::{eventually::PATIENCE, failed::Outcome, world::World};

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

/// A ticket is not worth more than what it was given for: whoever has lost access since opens nothing with it, whatever the
/// gateway still holds of earlier verdicts.
#[tokio::test]
async fn a_ticket_from_before_a_revocation_opens_nothing() -> Outcome {
    let world = World::open().await?;
    let (tenant, suspended, leaving) = (world.tenant().await?, world.tenant().await?, world.tenant().await?);
    let out = world.tenant().await?;
    let [of_disabled, of_suspended, of_leaving, of_out] = [
        tenant.session.ticket().await?,
        suspended.session.ticket().await?,
        leaving.session.ticket().await?,
        out.session.ticket().await?,
    ];
    set_identity(&world, &tenant.id, &sub_of(&tenant.session)?, "status", "disabled").await?;
    set_identity(&world, &suspended.id, "TENANT", "status", "suspended").await?;
    leaving.session.request(Method::POST, "/v1/auth/sign-out-everywhere").send().await?.expect(204)?;
    let body = json!({ "refresh_token": out.session.refresh_token });
    out.session.post("/v1/auth/sign-out", &body).await?.expect(204)?;
    for ticket in [&of_disabled, &of_suspended, &of_leaving, &of_out] {
        assert_refused(ticket).await?;
    }
    for tenant in [&tenant, &suspended, &leaving, &out] {
        let rows = world.rows_of(&tenant.id).await?;
        assert!(!rows.into_keys().any(|(partition, _)| partition.contains("#SOCKET#")), "a socket is noted");
    }
    Ok(())
}

/// The verdict for a token is held for half a minute, and a ticket can be had for as long; it opens nothing either.
#[tokio::test]
async fn a_ticket_had_after_a_revocation_opens_nothing() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    assert_works(&tenant.session).await?;
    set_identity(&world, &tenant.id, &sub_of(&tenant.session)?, "status", "disabled").await?;
    match tenant.session.ticket().await {
        Ok(ticket) => assert_refused(&ticket).await,
        Err(Error::UnexpectedStatus { actual: 403, .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn assert_refused(ticket: &Ticket) -> Outcome {
    let opened = Socket::connect(ticket).await.map(drop);
    assert!(matches!(opened, Err(Error::SocketRefused { status: 403 })), "{opened:?}");
    Ok(())
}

//! A suspended tenant's people stay outside, also those who had come in before.

use std::time::Duration;

use blackbox::{Error, Session};
use table::TenantStatus;
use tenants::StandingChange;

use crate::{
    eventually::within,
    failed::{Failed, Outcome},
    world::World,
};

/// The gateway may hold the authorizer's verdict for half a minute.
const EFFECT: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_suspended_tenant_is_shut_out_within_a_minute_and_comes_back() -> Outcome {
    let world = World::open().await?;
    let (suspended, bystander) = (world.tenant().await?, world.tenant().await?);
    // The verdict on this token is in the gateway's memory now.
    suspended.session.get("/v1/contacts").await?.expect(200)?;
    let unused = world.api.sign_in(&suspended.email, &suspended.password).await?;

    set_status(&world, &suspended.id, TenantStatus::Suspended).await?;
    let signed_in = world.api.sign_in(&suspended.email, &suspended.password).await;
    assert!(matches!(signed_in, Err(Error::UnexpectedStatus { actual: 401, .. })), "signs in still");
    assert_eq!(unused.get("/v1/contacts").await?.status, 403, "a token nobody has seen yet");
    awaits_status(&suspended.session, 403).await?;
    bystander.session.get("/v1/contacts").await?.expect(200)?;

    set_status(&world, &suspended.id, TenantStatus::Active).await?;
    let again = world.api.sign_in(&suspended.email, &suspended.password).await?;
    again.get("/v1/contacts").await?.expect(200)?;
    awaits_status(&suspended.session, 200).await
}

/// Nobody could undo it.
#[tokio::test]
async fn the_operators_own_tenant_cannot_be_suspended() -> Outcome {
    let world = World::open().await?;
    let change = StandingChange { status: Some(TenantStatus::Suspended), ..StandingChange::default() };
    let outcome = world.provisioner.change_tenant(kernel::PLATFORM_TENANT, &change).await;
    assert!(matches!(outcome, Err(provision::ProvisionError::PlatformTenant)), "{outcome:?}");
    Ok(())
}

async fn set_status(world: &World, tenant: &str, status: TenantStatus) -> Outcome {
    let change = StandingChange { status: Some(status), ..StandingChange::default() };
    let after = world.provisioner.change_tenant(tenant, &change).await?;
    if after.status == status { Ok(()) } else { Err(Failed::new("the status has not changed")) }
}

async fn awaits_status(session: &Session, status: u16) -> Outcome {
    within(EFFECT, &format!("an answer {status}"), async || {
        Ok((session.get("/v1/contacts").await?.status == status).then_some(()))
    })
    .await
}

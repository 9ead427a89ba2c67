//! Hanging up.

use kernel::Role;
use serde_json::{Value, json};

use crate::{
    eventually::eventually,
    failed::Outcome,
    people::Person,
    world::{OWN_PHONE, Tenant, World},
};

async fn hang_up(tenant: &Tenant, call: &str) -> Outcome<u16> {
    Ok(tenant.session.post(&format!("/v1/calls/{call}/hang-up"), &json!({})).await?.status)
}

async fn status(tenant: &Tenant, call: &str, wanted: &str) -> Outcome<Value> {
    eventually("the call's status", async || {
        Ok(Some(tenant.read_call(call).await?).filter(|call| call["status"] == json!(wanted)))
    })
    .await
}

#[tokio::test]
async fn a_call_that_rings_is_given_up() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    world.script_for(&tenant.account, OWN_PHONE, &json!({ "answer": "manual" })).await?;
    let (call, _) = tenant.call(&tenant.contact().await?).await?;
    status(&tenant, &call, "ringing").await?;
    assert_eq!(hang_up(&tenant, &call).await?, 200);
    let end = status(&tenant, &call, "canceled").await?;
    assert_eq!((&end["duration_seconds"], &end["answered_at"]), (&Value::Null, &Value::Null));
    assert_eq!(hang_up(&tenant, &call).await?, 200, "twice does no harm");
    Ok(())
}

#[tokio::test]
async fn a_conversation_ends() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    world.script(&tenant.account, &json!({ "hang_up": "manual" })).await?;
    let contact = tenant.contact().await?;
    let (call, _) = tenant.call(&contact).await?;
    status(&tenant, &call, "in-progress").await?;
    let colleague = Person::join(&world, &tenant, "colleague", Role::Rep).await?.session;
    let refused = colleague.post(&format!("/v1/calls/{call}/hang-up"), &json!({})).await?;
    assert_eq!(refused.status, 403, "a colleague hangs up");
    assert_eq!(hang_up(&tenant, &call).await?, 200);
    status(&tenant, &call, "completed").await?;
    assert_eq!(tenant.timeline(&contact).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_call_that_is_unknown_cannot_be_ended() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    assert_eq!(hang_up(&tenant, "call_01kar4vg2s9d8f7g6h5j4k3m2n").await?, 404);
    assert_eq!(hang_up(&tenant, "nonsense").await?, 404);
    Ok(())
}

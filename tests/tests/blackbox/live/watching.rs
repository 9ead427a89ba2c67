//! Who watches a contact hears what happens with it.

use kernel::SystemAmbient;
use provision::new_password;
use serde_json::json;

use crate::{eventually::PATIENCE, failed::Outcome, world::World};

#[tokio::test]
async fn a_colleague_hears_of_a_contact_as_long_as_they_watch_it() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let (watched, other) = (tenant.contact().await?, tenant.contact().await?);
    let email = format!("colleague@{}.example", tenant.id.replace('_', "-"));
    let password = new_password(&SystemAmbient);
    world.user(&tenant.tenant_id, &email, &password).await?;
    let colleague = world.api.sign_in(&email, &password).await?;
    let mut socket = colleague.socket().await?;
    let ask = |kind: &str, contact: &str| json!({ "type": kind, "contact_id": contact }).to_string();
    for _ in 0..2 {
        let answer = socket.ask(&ask("subscribe", &watched), PATIENCE).await?;
        assert_eq!(answer, json!({ "type": "subscribed", "contact_id": watched }));
    }
    tenant.call(&other).await?;
    tenant.call(&watched).await?;
    let event = socket.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
    assert_eq!(event.contact_id, watched);

    let answer = socket.ask(&ask("unsubscribe", &watched), PATIENCE).await?;
    assert_eq!(answer, json!({ "type": "unsubscribed", "contact_id": watched }));
    let before = socket.resume(None, PATIENCE).await?;
    let mut own = tenant.session.socket().await?;
    tenant.call(&watched).await?;
    own.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
    assert_eq!(socket.resume(None, PATIENCE).await?, before);
    Ok(())
}

#[tokio::test]
async fn the_end_of_a_socket_ends_what_it_watched() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let mut socket = tenant.session.socket().await?;
    socket.ask(&json!({ "type": "subscribe", "contact_id": contact }).to_string(), PATIENCE).await?;
    let watches = async || -> Outcome<usize> {
        let rows = world.rows_of(&tenant.id).await?;
        Ok(rows.keys().filter(|(pk, _)| pk.contains("#WATCH#")).count())
    };
    assert_eq!(watches().await?, 2);
    socket.close(PATIENCE).await?;
    crate::eventually::eventually("no watch", async || Ok((watches().await? == 0).then_some(()))).await
}

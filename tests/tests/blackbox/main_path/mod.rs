//! The main job: a rep signs in, writes down a contact, calls it, sees the call on the socket and on the timeline.

mod outcomes;
mod refusals;
mod signing_in;

use serde_json::{Value, json};

use crate::{
    eventually::{PATIENCE, eventually},
    failed::Outcome,
    world::{Tenant, World},
};

#[tokio::test]
async fn a_call_shows_on_the_socket_and_stands_on_the_timeline() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let mut socket = tenant.session.socket().await?;
    let (call, call_sid) = tenant.call(&contact).await?;

    let event = socket.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
    assert_eq!(event.contact_id, contact);
    assert_eq!(event.data["call"]["call_id"], json!(call));
    assert_eq!(event.data["user_id"], json!(tenant.user_id));

    let timeline = tenant.timeline(&contact).await?;
    assert_eq!(timeline, std::slice::from_ref(&event.data), "the socket shows what the timeline holds");
    let ended = tenant.read_call(&call).await?;
    assert_eq!(
        (&ended["status"], &ended["disposition"], &ended["provider_call_id"]),
        (&json!("completed"), &json!("answered"), &json!(call_sid))
    );
    assert_eq!(timeline[0]["call"]["duration_seconds"], ended["duration_seconds"]);
    let touched = last_touched_at(&tenant, &contact).await?;
    assert_eq!(touched, event.data["occurred_at"], "the contact was last touched when the activity occurred");
    Ok(())
}

#[tokio::test]
async fn the_socket_shows_each_step_of_a_call() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    // Reports further apart than the stream takes, so that no step is overtaken by the next.
    world.script(&tenant.account, &json!({ "callback_delay_ms": 60 })).await?;
    let contact = tenant.contact().await?;
    let mut socket = tenant.session.socket().await?;
    tenant.call(&contact).await?;
    let mut steps = Vec::new();
    loop {
        let event = socket.next_event(PATIENCE).await?;
        if event.kind == "call.updated" {
            steps.push(event.data["status"].as_str().unwrap_or_default().to_owned());
        }
        if steps.last().is_some_and(|status| status == "completed") {
            break;
        }
    }
    assert_eq!(steps, ["queued", "initiated", "ringing", "in-progress", "completed"]);
    Ok(())
}

#[tokio::test]
async fn a_contact_is_listed_at_once_and_newest_first() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let mut created = Vec::new();
    for _ in 0..5 {
        created.insert(0, tenant.contact().await?);
    }
    let (mut listed, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/contacts?limit=2{cursor}");
        let page = tenant.session.get(&path).await?.expect(200)?;
        listed.extend(
            page.array("/items")?.iter().map(|item| item["id"].as_str().unwrap_or_default().to_owned()),
        );
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(listed, created);
    Ok(())
}

/// When the contact was last touched, as soon as that is known.
async fn last_touched_at(tenant: &Tenant, contact: &str) -> Outcome<Value> {
    let path = format!("/v1/contacts/{contact}");
    eventually("last_touched_at", async || {
        let answer = tenant.session.get(&path).await?.expect(200)?;
        Ok(Some(answer.body["last_touched_at"].clone()).filter(|time| !time.is_null()))
    })
    .await
}

/// The call once its status is final.
async fn ended(tenant: &Tenant, call: &str) -> Outcome<Value> {
    eventually("the end of the call", async || {
        let call = tenant.read_call(call).await?;
        Ok(Some(call).filter(|call| !call["disposition"].is_null()))
    })
    .await
}

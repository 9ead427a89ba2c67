//! After a call: what it was worth; and calls that were made elsewhere.

use http::Method;
use kernel::Role;
use serde_json::{Value, json};

use crate::{eventually::PATIENCE, failed::Outcome, people::Person, world::World};

#[tokio::test]
async fn its_user_says_what_a_call_was_worth() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let mut socket = tenant.session.socket().await?;
    let (call, _) = tenant.call(&contact).await?;
    socket.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
    let path = format!("/v1/calls/{call}");
    let read = tenant.session.get(&path).await?.expect(200)?;
    let version = read.header("etag").unwrap_or_default().to_owned();
    let describe = |body: Value, version: &str| {
        let request = tenant.bearer(Method::PATCH, &path).header("if-match", version);
        request.json(&body).send()
    };
    let body = json!({ "outcome": "interested", "note": "Wants an offer.\nUntil Friday." });
    let after = describe(body.clone(), &version).await?.expect(200)?;
    assert_eq!((&after.body["outcome"], &after.body["note"]), (&body["outcome"], &body["note"]));
    assert_eq!(describe(json!({ "outcome": "other" }), &version).await?.status, 412);
    assert_eq!(tenant.bearer(Method::PATCH, &path).json(&body).send().await?.status, 428);

    let told = socket.wait_for(PATIENCE, |event| event.kind == "activity.updated").await?;
    assert_eq!(told.data["call"]["outcome"], json!("interested"));
    let timeline = tenant.timeline(&contact).await?;
    assert_eq!((timeline.len(), &timeline[0]), (1, &told.data));

    let version = after.header("etag").unwrap_or_default().to_owned();
    let gone = describe(json!({ "note": null }), &version).await?.expect(200)?;
    assert_eq!((&gone.body["outcome"], &gone.body["note"]), (&json!("interested"), &Value::Null));
    let version = gone.header("etag").unwrap_or_default().to_owned();
    for (body, field) in [
        (json!({ "outcome": "splendid" }), "outcome"),
        (json!({ "note": "" }), "note"),
        (json!({ "note": "bell \u{7}" }), "note"),
        (json!({ "status": "completed" }), "status"),
        (json!({ "duration_seconds": 9 }), "duration_seconds"),
    ] {
        assert_eq!(describe(body.clone(), &version).await?.expect(400)?.problem_fields(), [field], "{body}");
    }
    let colleague = Person::join(&world, &tenant, "colleague", Role::Rep).await?.session;
    let request = colleague.request(Method::PATCH, &path).header("if-match", &version);
    assert_eq!(request.json(&json!({ "outcome": "other" })).send().await?.status, 403);
    Ok(())
}

#[tokio::test]
async fn a_call_made_elsewhere_stands_where_it_took_place() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let body = json!({ "contact_id": contact, "direction": "inbound", "occurred_at": "2026-11-20T09:00:00Z",
        "disposition": "answered", "duration_seconds": 90, "phone": "+14155550132", "outcome": "connected",
        "note": "From the car." });
    let call = tenant.session.post("/v1/calls/log", &body).await?.expect(201)?;
    for (field, value) in [
        ("mode", json!("manual")),
        ("status", json!("completed")),
        ("duration_seconds", json!(90)),
        ("dialed_at", json!("2026-11-20T09:00:00.000Z")),
        ("completed_at", json!("2026-11-20T09:01:30.000Z")),
        ("note", json!("From the car.")),
        ("local_phone", Value::Null),
    ] {
        assert_eq!(call.body[field], value, "{field}");
    }
    let timeline = tenant.timeline(&contact).await?;
    assert_eq!(timeline.len(), 1);
    assert_eq!(
        (&timeline[0]["source"], &timeline[0]["occurred_at"]),
        (&json!("external"), &call.body["dialed_at"])
    );

    for (change, field) in [
        (json!({ "occurred_at": "2999-01-01T00:00:00Z" }), "occurred_at"),
        (json!({ "duration_seconds": 86401 }), "duration_seconds"),
        (json!({ "disposition": "busy" }), "duration_seconds"),
        (json!({ "phone": "not a number" }), "phone"),
        (json!({ "direction": "sideways" }), "direction"),
        (json!({ "outcome": "splendid" }), "outcome"),
    ] {
        let mut wrong = body.clone();
        for (name, value) in change.as_object().into_iter().flatten() {
            wrong[name] = value.clone();
        }
        let answer = tenant.session.post("/v1/calls/log", &wrong).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{change}");
    }
    Ok(())
}

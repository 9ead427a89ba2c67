//! Notes, where they stand and who hears of them.

use http::Method;
use kernel::SystemAmbient;
use provision::new_password;
use serde_json::{Value, json};

use crate::{
    eventually::{PATIENCE, eventually},
    failed::Outcome,
    world::{Tenant, World},
};

const TEXT: &str = "Wants the blue one by Friday";

async fn write(tenant: &Tenant, contact: &str, body: &Value) -> Outcome<Value> {
    let path = format!("/v1/contacts/{contact}/notes");
    Ok(tenant.session.post(&path, body).await?.expect(201)?.body)
}

async fn change(tenant: &Tenant, note: &Value, version: i64, body: &Value) -> Outcome<blackbox::Answer> {
    let path = format!("/v1/notes/{}", note["id"].as_str().unwrap_or_default());
    let request = tenant.bearer(Method::PATCH, &path).header("if-match", &format!("\"{version}\""));
    Ok(request.json(body).send().await?)
}

#[tokio::test]
async fn a_note_lies_where_it_happened_and_everybody_concerned_hears_of_it_without_its_text() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let email = format!("colleague@{}.example", tenant.id.replace('_', "-"));
    let password = new_password(&SystemAmbient);
    let colleague = world.user(&tenant.tenant_id, &email, &password).await?;
    let mut socket = world.api.sign_in(&email, &password).await?.socket().await?;

    let old = json!({ "text": "Met at the fair", "occurred_at": "2020-02-03T10:00:00+01:00" });
    write(&tenant, &contact, &old).await?;
    let note = write(&tenant, &contact, &json!({ "text": TEXT, "mentions": [colleague] })).await?;
    let event = socket.wait_for(PATIENCE, |event| event.kind == "activity.created").await?;
    assert_eq!(event.data["note"]["note_id"], note["id"]);
    assert!(!event.data.to_string().contains("blue"), "{}", event.data);

    let timeline = tenant.timeline(&contact).await?;
    let texts: Vec<_> = timeline.iter().map(|entry| entry["note"]["text"].clone()).collect();
    assert_eq!(texts, [json!(TEXT), json!("Met at the fair")]);
    assert_eq!(timeline[1]["occurred_at"], json!("2020-02-03T09:00:00.000Z"));
    let feed = eventually("both in the feed", async || {
        let page = tenant.session.get("/v1/feed?types=note").await?.expect(200)?;
        Ok((page.array("/items")?.len() == 2).then_some(page))
    })
    .await?;
    assert_eq!(feed.array("/items")?, timeline);
    let by_colleague = tenant.session.get(&format!("/v1/feed?user_id={colleague}")).await?.expect(200)?;
    assert!(by_colleague.array("/items")?.is_empty());

    let changed = change(&tenant, &note, 1, &json!({ "text": "Wants the red one" })).await?.expect(200)?;
    assert_eq!((changed.integer("/version")?, changed.header("etag")), (2, Some("\"2\"")));
    let event = socket.wait_for(PATIENCE, |event| event.kind == "activity.updated").await?;
    assert_eq!(event.data["note"]["version"], json!(2));
    change(&tenant, &note, 1, &json!({ "text": "late" })).await?.expect(412)?;
    let path = format!("/v1/notes/{}", note["id"].as_str().unwrap_or_default());
    tenant.bearer(Method::DELETE, &path).send().await?.expect(428)?;
    tenant.bearer(Method::DELETE, &path).header("if-match", "\"2\"").send().await?.expect(204)?;
    socket.wait_for(PATIENCE, |event| event.kind == "activity.deleted").await?;
    assert_eq!(tenant.timeline(&contact).await?.len(), 1);
    tenant.bearer(Method::DELETE, &path).header("if-match", "\"2\"").send().await?.expect(404)?;
    Ok(())
}

#[tokio::test]
async fn a_note_that_says_nothing_or_has_not_happened_is_refused_by_name() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let path = format!("/v1/contacts/{contact}/notes");
    for (body, field) in [
        (json!({}), "text"),
        (json!({ "text": " " }), "text"),
        (json!({ "text": "a\u{0}b" }), "text"),
        (json!({ "text": "x".repeat(10_001) }), "text"),
        (json!({ "text": "x", "mentions": ["usr_1"] }), "mentions[0]"),
        (json!({ "text": "x", "mentions": ["usr_01kar1b2c3d4e5f6g7h8j9k0mn"] }), "mentions[0]"),
        (json!({ "text": "x", "occurred_at": "2999-01-01T00:00:00Z" }), "occurred_at"),
        (json!({ "text": "x", "occurred_at": "1999-01-01T00:00:00Z" }), "occurred_at"),
        (json!({ "text": "x", "user_id": tenant.user_id }), "user_id"),
    ] {
        let answer = tenant.session.post(&path, &body).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{body:.60}");
    }
    for query in ["types=sms", "user_id=me", "order=random"] {
        tenant.session.get(&format!("/v1/contacts/{contact}/timeline?{query}")).await?.expect(400)?;
    }
    assert!(tenant.timeline(&contact).await?.is_empty());
    Ok(())
}

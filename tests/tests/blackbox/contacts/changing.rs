//! `PATCH /v1/contacts/{contact_id}`

use http::Method;
use serde_json::json;

use super::patch;
use crate::{
    bad_input::{assert_names, assert_problem},
    failed::Outcome,
    world::World,
};

#[tokio::test]
async fn a_change_is_read_back_at_once() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let body = json!({
        "title": "Countess", "country": "BR",
        "phones": [{ "number": "(11) 8765-4321", "type": "mobile" }, { "number": "+1 415 555 0132 x42", "type": "work" }],
        "opt_status": { "sms": { "status": "opted_out" } },
        "tags": ["vip"],
    });
    let changed = patch(&tenant, &contact, 1, &body).await?.expect(200)?;
    assert_eq!(changed.header("etag"), Some("\"2\""));
    assert_eq!(changed.body["phones"][0]["e164"], "+5511987654321");
    assert_eq!(changed.body["phones"][0]["raw"], "(11) 8765-4321");
    assert_eq!(changed.body["phones"][1]["extension"], "42");
    assert_eq!(changed.body["timezone_source"], "phone");
    assert_eq!(changed.body["opt_status"]["sms"]["status"], "opted_out");
    assert_eq!(changed.body["emails"][0]["address"], "ada@customer.example");
    let read = tenant.session.get(&format!("/v1/contacts/{contact}")).await?.expect(200)?;
    assert_eq!((&read.body, read.header("etag")), (&changed.body, Some("\"2\"")));
    assert_eq!(tenant.contacts().await?, std::slice::from_ref(&changed.body));

    let same = patch(&tenant, &contact, 2, &json!({ "tags": ["vip"] })).await?.expect(200)?;
    assert_eq!(same.body["version"], 2);
    let less = patch(&tenant, &contact, 2, &json!({ "title": null, "phones": null })).await?.expect(200)?;
    assert_eq!((&less.body["title"], &less.body["phones"]), (&json!(null), &json!([])));
    Ok(())
}

#[tokio::test]
async fn nobody_overwrites_what_they_have_not_seen() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let path = format!("/v1/contacts/{contact}");
    for method in [Method::PATCH, Method::DELETE] {
        let unconditional = tenant.bearer(method.clone(), &path).json(&json!({})).send().await?;
        assert_problem(&unconditional, 428, "precondition_required", "no If-Match");
        for stale in ["\"7\"", "\"0\"", "1", "*", "\"1\", \"2\"", "W/\"1\"", "\"one\""] {
            let request = tenant.bearer(method.clone(), &path).header("if-match", stale);
            let answer = request.json(&json!({ "title": "Eve" })).send().await?;
            assert_problem(&answer, 412, "precondition_failed", stale);
        }
    }
    let (one, other) = (json!({ "title": "One" }), json!({ "title": "Other" }));
    let both = tokio::join!(patch(&tenant, &contact, 1, &one), patch(&tenant, &contact, 1, &other));
    let mut statuses = [both.0?.status, both.1?.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    assert_eq!(tenant.session.get(&path).await?.body["version"], 2);
    Ok(())
}

#[tokio::test]
async fn a_wrong_change_is_named_and_changes_nothing() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let before = tenant.session.get(&format!("/v1/contacts/{contact}")).await?.body;
    for (body, field) in [
        (json!({ "title": 1 }), "title"),
        (json!({ "id": "con_1" }), "id"),
        (json!({ "version": 7 }), "version"),
        (json!({ "owner_id": null }), "owner_id"),
        (json!({ "owner_id": "usr_01kar1b2c3d4e5f6g7h8j9k0mn" }), "owner_id"),
        (json!({ "company_id": "cmp_01kar1b2c3d4e5f6g7h8j9k0mn" }), "company_id"),
        (json!({ "first_name": "A\u{7}da" }), "first_name"),
        (json!({ "emails": [{ "address": "ada", "type": "work" }] }), "emails[0].address"),
        (json!({ "phones": [{ "number": "12", "type": "work" }] }), "phones[0].number"),
        (json!({ "custom_fields": { "unheard": true } }), "custom_fields.unheard"),
        (json!({ "first_name": null, "emails": [], "phones": null }), ""),
    ] {
        let answer = patch(&tenant, &contact, 1, &body).await?;
        assert_names(&answer, field, &body.to_string());
    }
    let large = json!({ "title": "x".repeat(1024 * 1024) });
    assert_problem(&patch(&tenant, &contact, 1, &large).await?, 400, "body_too_large", "a megabyte");
    assert_eq!(tenant.session.get(&format!("/v1/contacts/{contact}")).await?.body, before);
    let unknown = "con_01kar4t5v3c8m2x9p7w6r4n1hz";
    assert_problem(&patch(&tenant, unknown, 1, &json!({})).await?, 404, "not_found", "an unknown contact");
    Ok(())
}

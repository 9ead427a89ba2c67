//! Fields of the wrong type, or of a value that means nothing.

use serde_json::{Value, json};

use super::{Stored, assert_names, assert_problem};
use crate::{failed::Outcome, world::World};

#[tokio::test]
async fn a_contacts_wrong_field_is_named() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let before = Stored::now(&world, &tenant).await?;
    for (body, field) in [
        (json!({ "first_name": 1 }), "first_name"),
        (json!({ "last_name": ["Ada"] }), "last_name"),
        (json!({ "first_name": "A".repeat(201) }), "first_name"),
        (json!({ "first_name": "A\u{0}da" }), "first_name"),
        (json!({ "emails": {} }), "emails"),
        (json!({ "emails": ["ada@example.com"] }), "emails[0]"),
        (json!({ "emails": [{ "address": 1, "type": "work" }] }), "emails[0].address"),
        (json!({ "emails": [{ "address": "ada", "type": "work" }] }), "emails[0].address"),
        (json!({ "emails": [{ "address": "ada@example.com" }] }), "emails[0].type"),
        (json!({ "emails": [{ "address": "ada@example.com", "type": "main" }] }), "emails[0].type"),
        (
            json!({ "emails": [email("a@b.example"), { "address": "x", "type": "work" }] }),
            "emails[1].address",
        ),
        (json!({ "emails": vec![email("a@b.example"); 11] }), "emails"),
        (json!({ "phones": [{ "number": 14_155_550_132_u64, "type": "work" }] }), "phones[0].number"),
        (json!({ "phones": [{ "number": "nonsense", "type": "work" }] }), "phones[0].number"),
        (json!({ "phones": [{ "number": "5550132", "type": "work" }] }), "phones[0].number"),
        (json!({ "phones": [{ "number": "+999123456789", "type": "work" }] }), "phones[0].number"),
        (
            json!({ "phones": [{ "number": "+14155550132", "type": "work", "status": "dead" }] }),
            "phones[0].status",
        ),
        (json!({ "phones": [{ "e164": "+14155550132", "type": "work" }] }), "phones[0].e164"),
        (json!({ "first_name": "Ada", "country": "USA" }), "country"),
        (json!({ "first_name": "Ada", "timezone": "Mars/Olympus" }), "timezone"),
        (json!({ "first_name": "Ada", "visibility": "everybody" }), "visibility"),
        (json!({ "first_name": "Ada", "visibility": null }), "visibility"),
        (json!({ "first_name": "Ada", "owner_id": "usr_1" }), "owner_id"),
        (json!({ "first_name": "Ada", "owner_id": "usr_01kar1b2c3d4e5f6g7h8j9k0mn" }), "owner_id"),
        (json!({ "first_name": "Ada", "company_id": "cmp_01kar1b2c3d4e5f6g7h8j9k0mn" }), "company_id"),
        (json!({ "first_name": "Ada", "opt_status": { "fax": { "status": "opted_in" } } }), "opt_status.fax"),
        (
            json!({ "first_name": "Ada", "opt_status": { "sms": { "status": "no" } } }),
            "opt_status.sms.status",
        ),
        (json!({ "first_name": "Ada", "custom_fields": { "unheard": 1 } }), "custom_fields.unheard"),
        (json!({ "first_name": "Ada", "custom_fields": [] }), "custom_fields"),
        (json!({ "first_name": "Ada", "last_touched_at": null }), "last_touched_at"),
        (json!({ "phones": [{ "number": "+14155550132", "type": "fax" }] }), "phones[0].type"),
        (
            json!({ "phones": [{ "number": "+14155550132", "type": "work", "extension": "x" }] }),
            "phones[0].extension",
        ),
        (json!({ "tags": "vip" }), "tags"),
        (json!({ "first_name": "Ada", "tags": [1] }), "tags[0]"),
        (json!({ "first_name": "Ada", "tags": ["x".repeat(51)] }), "tags[0]"),
        (json!({}), ""),
        (json!({ "first_name": "  " }), ""),
    ] {
        let answer = tenant.session.post("/v1/contacts", &body).await?;
        assert_names(&answer, field, &body.to_string());
    }
    assert_eq!(tenant.contacts().await?, Vec::<Value>::new());
    before.assert_unchanged(&world, &tenant).await
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let body = json!({
        "first_name": "A".repeat(201),
        "emails": [{ "address": "ada", "type": "work" }],
        "phones": [{ "number": "nonsense", "type": "work" }],
    });
    let answer = tenant.session.post("/v1/contacts", &body).await?;
    for field in ["first_name", "emails[0].address", "phones[0].number"] {
        assert_names(&answer, field, "three faults");
    }
    assert!(!answer.body.to_string().contains("nonsense"), "the value is repeated: {}", answer.body);
    Ok(())
}

#[tokio::test]
async fn a_calls_wrong_field_is_named_and_an_unknown_contact_is_not_found() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let before = Stored::now(&world, &tenant).await?;
    for (body, field) in [
        (json!({ "mode": "bridge" }), "contact_id"),
        (json!({ "contact_id": contact }), "mode"),
        (json!({ "contact_id": contact, "mode": "carrier pigeon" }), "mode"),
        (json!({ "contact_id": contact, "mode": 1 }), "mode"),
        (json!({ "contact_id": 7, "mode": "bridge" }), "contact_id"),
        (json!({ "contact_id": "con_1", "mode": "bridge" }), "contact_id"),
        (json!({ "contact_id": "call_01kar4vg2s9d8f7g6h5j4k3m2n", "mode": "bridge" }), "contact_id"),
        (json!({ "contact_id": contact, "mode": "bridge", "phone": "nonsense" }), "phone"),
        (json!({ "contact_id": contact, "mode": "bridge", "phone": "+14155550199" }), "phone"),
        (json!({ "contact_id": contact, "mode": "bridge", "from": "+14155550199" }), "from"),
        (json!({ "contact_id": contact, "mode": "bridge", "from": 1 }), "from"),
    ] {
        let answer = tenant.session.post("/v1/calls", &body).await?;
        assert_names(&answer, field, &body.to_string());
    }
    let unknown = json!({ "contact_id": "con_01kar4t5v3c8m2x9p7w6r4n1hz", "mode": "bridge" });
    let answer = tenant.session.post("/v1/calls", &unknown).await?;
    assert_problem(&answer, 404, "not_found", "a contact that is not there");
    before.assert_unchanged(&world, &tenant).await
}

#[tokio::test]
async fn a_sign_ins_wrong_field_is_named() -> Outcome {
    let world = World::open().await?;
    for (path, body, field) in [
        ("/v1/auth/sign-in", json!({ "password": "x" }), "email"),
        ("/v1/auth/sign-in", json!({ "email": "a@b.example" }), "password"),
        ("/v1/auth/sign-in", json!({ "email": [], "password": "x" }), "email"),
        ("/v1/auth/challenge", json!({ "session": "a.b", "code": "123456" }), "challenge"),
        (
            "/v1/auth/challenge",
            json!({ "challenge": "SMS_MFA", "session": "a.b", "code": "123456" }),
            "challenge",
        ),
        ("/v1/auth/challenge", json!({ "challenge": "SOFTWARE_TOKEN_MFA", "code": "123456" }), "session"),
        ("/v1/auth/challenge", json!({ "challenge": "SOFTWARE_TOKEN_MFA", "session": "a.b" }), "code"),
        (
            "/v1/auth/challenge",
            json!({ "challenge": "NEW_PASSWORD_REQUIRED", "session": "a.b", "code": "1" }),
            "new_password",
        ),
        ("/v1/auth/challenge", json!({ "challenge": "MFA_SETUP", "code": "123456" }), "session"),
        ("/v1/auth/challenge", json!({ "challenge": "MFA_SETUP", "session": "a.b", "code": "1" }), "code"),
        (
            "/v1/auth/challenge",
            json!({ "challenge": "MFA_SETUP", "session": "a.b", "new_password": "Battery-staple-7" }),
            "new_password",
        ),
    ] {
        let answer = world.api.request(http::Method::POST, path).json(&body).send().await?;
        assert_names(&answer, field, &body.to_string());
    }
    Ok(())
}

fn email(address: &str) -> Value {
    json!({ "address": address, "type": "work" })
}

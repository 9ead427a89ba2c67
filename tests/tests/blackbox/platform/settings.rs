//! A tenant's settings.

use blackbox::{Answer, Session};
use http::Method;
use kernel::Role;
use serde_json::{Value, json};

use crate::{failed::Outcome, people::Person, world::World};

#[tokio::test]
async fn an_admin_changes_the_settings_over_the_version_they_saw() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?.session;
    let before = admin.get("/v1/tenant").await?.expect(200)?;
    assert_eq!((before.text("/recording_policy")?, before.header("etag")), ("never", Some("\"1\"")));

    let body = json!({ "name": "Renamed", "default_country": "DE", "recording_policy": "ask",
        "retention_days": 90, "contact_visibility": "team" });
    change(&admin, 1, &body).await?.expect(200)?;
    let after = admin.get("/v1/tenant").await?.expect(200)?;
    for (name, value) in body.as_object().into_iter().flatten() {
        assert_eq!(&after.body[name], value, "{name}");
    }
    let german = json!({ "last_name": "L", "phones": [{ "number": "030 901820", "type": "work" }] });
    let german = tenant.session.post("/v1/contacts", &german).await?.expect(201)?;
    assert_eq!(
        german.text("/phones/0/e164")?,
        "+4930901820",
        "a number is read as one of the tenant's country"
    );
    let standing = world.row(&format!("IDENTITY#{}", tenant.id), "TENANT").await?.expect("the tenant stands");
    assert_eq!(standing["name"].as_s().map(String::as_str), Ok("Renamed"));

    assert_eq!(change(&admin, 1, &json!({ "name": "Late" })).await?.status, 412);
    let unguarded = admin.request(Method::PATCH, "/v1/tenant").json(&json!({ "name": "Blind" }));
    assert_eq!(unguarded.send().await?.status, 428);
    Ok(())
}

#[tokio::test]
async fn what_no_setting_can_be_is_refused_by_name() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?.session;
    for (body, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "default_country": "UK" }), "default_country"),
        (json!({ "retention_days": 0 }), "retention_days"),
        (json!({ "recording_policy": "sometimes" }), "recording_policy"),
        (json!({ "mfa_required": "yes" }), "mfa_required"),
        (json!({ "region": "eu-central-1" }), "region"),
        (json!({ "modules": ["crm_pro"] }), "modules"),
    ] {
        let answer = change(&admin, 1, &body).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{body}");
    }
    assert_eq!(tenant.session.get("/v1/tenant").await?.status, 403, "a rep reads them");
    Ok(())
}

async fn change(session: &Session, version: i64, body: &Value) -> Outcome<Answer> {
    let request = session.request(Method::PATCH, "/v1/tenant");
    Ok(request.header("if-match", &format!("\"{version}\"")).json(body).send().await?)
}

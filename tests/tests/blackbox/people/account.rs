//! One's own account, and that nobody promotes themselves with it.

use blackbox::{Answer, Session};
use http::Method;
use kernel::Role;
use serde_json::{Value, json};

use super::Person;
use crate::{
    aws::Item,
    failed::{Failed, Outcome},
    pool_key::changed_claims,
    world::{Tenant, World},
};

#[tokio::test]
async fn everybody_reads_and_changes_what_is_their_own() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let me = tenant.session.get("/v1/me").await?.expect(200)?;
    assert_eq!((me.text("/id")?, me.text("/email")?), (tenant.user_id.as_str(), tenant.email.as_str()));
    assert_eq!((me.text("/role")?, me.body["team_ids"].clone()), ("rep", json!([])));
    assert_eq!(me.body["tenant"], json!({ "id": tenant.id, "name": "Test" }));
    assert_eq!(me.body["mfa"], json!({ "enabled": false, "required": false }));
    assert_eq!((me.integer("/version")?, me.header("etag")), (1, Some("\"1\"")));

    let body = json!({ "name": " Demo ", "phone": null, "timezone": "america/sao_paulo", "locale": "pt-br" });
    let changed = change(&tenant.session, 1, &body).await?.expect(200)?;
    assert_eq!((changed.integer("/version")?, changed.header("etag")), (2, Some("\"2\"")));
    let expected =
        json!({ "name": "Demo", "phone": null, "timezone": "America/Sao_Paulo", "locale": "pt-BR" });
    for (name, value) in expected.as_object().into_iter().flatten() {
        assert_eq!(changed.body[name], *value, "{name}");
    }
    let read = tenant.session.get("/v1/me").await?.expect(200)?;
    assert_eq!(read.body, changed.body);
    let same = change(&tenant.session, 2, &body).await?.expect(200)?;
    assert_eq!(same.integer("/version")?, 2, "what changes nothing makes no version");

    change(&tenant.session, 1, &json!({ "name": "Late" })).await?.expect(412)?;
    let blind = tenant.session.request(Method::PATCH, "/v1/me").json(&json!({ "name": "Blind" }));
    blind.send().await?.expect(428)?;
    Ok(())
}

#[tokio::test]
async fn a_second_factor_shows_in_ones_account() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    crate::authenticator::enroll(&world, &tenant).await?;
    let me = tenant.session.get("/v1/me").await?.expect(200)?;
    assert_eq!(me.body["mfa"], json!({ "enabled": true, "required": false }));
    Ok(())
}

/// For every role: the request is refused by the field's name, and neither the rows nor the next token have heard of it.
#[tokio::test]
async fn nobody_promotes_themselves_through_their_own_account() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let manager = Person::join(&world, &tenant, "manager", Role::Manager).await?;
    let stranger = world.tenant().await?;
    for (session, user) in [(&tenant.session, &tenant.user_id), (&manager.session, &manager.id)] {
        let before = rows(&world, &tenant, session, user).await?;
        for (field, value) in [
            ("role", json!("admin")),
            ("role", json!("operator")),
            ("status", json!("active")),
            ("team_ids", json!(["team_01kar1b2c3d4e5f6g7h8j9k0mn"])),
            ("email", json!(format!("other@{}.example", tenant.id.replace('_', "-")))),
            ("tenant_id", json!(stranger.id)),
            ("tenant", json!({ "id": stranger.id })),
            ("session_epoch", json!(0)),
            ("mfa", json!({ "enabled": false })),
            ("id", json!(manager.id)),
            ("sub", json!("somebody")),
        ] {
            // Beside a field that would be let through.
            let body = json!({ "name": "Eve", field: value });
            let refused = change(session, 1, &body).await?.expect(400)?;
            assert_eq!(refused.problem_fields(), [field], "{body}");
            assert_eq!(refused.text("/errors/0/code")?, "unknown_field", "{body}");
        }
        assert!(rows(&world, &tenant, session, user).await? == before, "a row has changed");
        session.get("/v1/tenant").await?.expect(403)?;
    }
    let anew = world.api.sign_in(&tenant.email, &tenant.password).await?;
    let told = |session: &Session| -> Outcome<Vec<Value>> {
        let claims = changed_claims(&session.access_token, &json!({}))?;
        Ok(["tenant_id", "user_id", "role", "session_epoch"].map(|name| claims[name].clone()).into())
    };
    assert_eq!(told(&anew)?, told(&tenant.session)?);
    anew.get("/v1/tenant").await?.expect(403)?;
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_with_ones_account_is_named() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let body = json!({ "name": "a\nb", "phone": "0", "timezone": "Mars/Olympus", "locale": "?" });
    let refused = change(&tenant.session, 1, &body).await?.expect(400)?;
    assert_eq!(refused.problem_fields(), ["name", "phone", "timezone", "locale"]);
    for (body, field) in [(json!({ "name": null }), "name"), (json!({ "timezone": 1 }), "timezone")] {
        let refused = change(&tenant.session, 1, &body).await?.expect(400)?;
        assert_eq!(refused.problem_fields(), [field]);
    }
    let request = tenant.session.request(Method::PATCH, "/v1/me").header("if-match", "\"1\"");
    request.body("application/json", "{").send().await?.expect(400)?;
    let refused = tenant.session.get("/v1/me?expand=all").await?.expect(400)?;
    assert_eq!(refused.problem_fields(), ["expand"]);
    Ok(())
}

async fn change(session: &Session, version: i64, body: &Value) -> Outcome<Answer> {
    let request = session.request(Method::PATCH, "/v1/me").header("if-match", &format!("\"{version}\""));
    Ok(request.json(body).send().await?)
}

/// The user's row and identity, as the account's owner sees them.
async fn rows(world: &World, tenant: &Tenant, session: &Session, user: &str) -> Outcome<[Item; 2]> {
    let missing = || Failed::new("the user has no row");
    let claims = changed_claims(&session.access_token, &json!({}))?;
    let sub = claims["sub"].as_str().ok_or_else(missing)?;
    let row = world.row(&format!("T#{}#USER", tenant.id), user).await?.ok_or_else(missing)?;
    let identity = world.row(&format!("IDENTITY#{}", tenant.id), sub).await?.ok_or_else(missing)?;
    Ok([row, identity])
}

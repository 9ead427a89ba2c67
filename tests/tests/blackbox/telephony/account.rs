//! The account: its secrets go in and never come out, and two tokens hold while one is being exchanged.

use serde_json::json;

use super::{ACCOUNT, admin, put};
use crate::{
    failed::Outcome,
    signed_webhook::VoiceStatus,
    world::{World, random_hex},
};

#[tokio::test]
async fn an_admin_replaces_the_account_over_the_version_they_saw() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = admin(&world, &tenant).await?;
    let before = admin.get(ACCOUNT).await?.expect(200)?;
    assert_eq!(before.text("/account_sid")?, tenant.account.account_sid);
    assert!(!before.body.to_string().contains(tenant.secret()), "a secret came out: {}", before.body);

    let key_secret = random_hex(16);
    let body = json!({
        "account_sid": tenant.account.account_sid, "api_key_sid": format!("SK{}", random_hex(16)),
        "api_key_secret": key_secret, "twiml_app_sid": format!("AP{}", random_hex(16)),
        "allowed_countries": ["US", "DE"],
    });
    let after = put(&admin, ACCOUNT, 1, &body).await?.expect(200)?;
    assert_eq!(after.header("etag"), Some("\"2\""));
    for name in ["account_sid", "api_key_sid", "twiml_app_sid"] {
        assert_eq!(after.body[name], body[name], "{name}");
    }
    assert_eq!(after.body["allowed_countries"], json!(["DE", "US"]));
    assert!(!after.body.to_string().contains(&key_secret), "a secret came out");
    assert_eq!(put(&admin, ACCOUNT, 1, &body).await?.status, 412);
    assert_eq!(put(&admin, ACCOUNT, 0, &body).await?.status, 428);

    for row in world.rows_of(&tenant.id).await?.values() {
        let text = format!("{row:?}");
        assert!(!text.contains(&key_secret) && !text.contains(tenant.secret()), "a secret is readable");
    }
    Ok(())
}

#[tokio::test]
async fn what_no_account_can_be_is_refused_by_name() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = admin(&world, &tenant).await?;
    let sid = &tenant.account.account_sid;
    for (body, field) in [
        (json!({ "account_sid": "AC1", "auth_token": random_hex(16) }), "account_sid"),
        (json!({ "account_sid": format!("AC{}", random_hex(16)) }), "auth_token"),
        (json!({ "account_sid": sid, "auth_token": "has a blank" }), "auth_token"),
        (json!({ "account_sid": sid, "api_key_sid": format!("SK{}", random_hex(16)) }), "api_key_secret"),
        (json!({ "account_sid": sid, "api_key_secret": "key-secret" }), "api_key_sid"),
        (json!({ "account_sid": sid, "twiml_app_sid": "nonsense" }), "twiml_app_sid"),
        (json!({ "account_sid": sid, "allowed_countries": ["UK"] }), "allowed_countries[0]"),
        (json!({ "account_sid": sid, "numbers": [] }), "numbers"),
    ] {
        let answer = put(&admin, ACCOUNT, 1, &body).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{body}");
    }
    assert_eq!(tenant.session.get(ACCOUNT).await?.status, 403, "a rep reads the account");
    assert_eq!(put(&tenant.session, ACCOUNT, 1, &json!({ "account_sid": sid })).await?.status, 403);
    Ok(())
}

#[tokio::test]
async fn either_token_signs_while_they_are_exchanged() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = admin(&world, &tenant).await?;
    world.script(&tenant.account, &json!({ "callbacks": "dropped" })).await?;
    let (call, call_sid) = tenant.call(&tenant.contact().await?).await?;
    let report = VoiceStatus::completed(&tenant, &call, &call_sid).with("CallStatus", "ringing");
    let send = async |secret: &str| {
        let signature = report.signature(&world.stack.api_url, secret);
        Ok::<_, crate::failed::Failed>(report.send(&world.api, Some(&signature)).await?.status)
    };
    let (old, new) = (tenant.secret().to_owned(), random_hex(16));
    assert_eq!((send(&old).await?, send(&new).await?), (204, 403));

    let sid = &tenant.account.account_sid;
    let both = json!({ "account_sid": sid, "auth_token": old, "secondary_auth_token": new });
    let after = put(&admin, ACCOUNT, 1, &both).await?.expect(200)?;
    assert_eq!(after.body["secondary_auth_token_set"], json!(true));
    assert_eq!((send(&old).await?, send(&new).await?), (204, 204));

    let promoted = json!({ "account_sid": sid, "auth_token": new, "secondary_auth_token": null });
    put(&admin, ACCOUNT, 2, &promoted).await?.expect(200)?;
    assert_eq!((send(&old).await?, send(&new).await?), (403, 204));
    Ok(())
}

#[tokio::test]
async fn trying_the_account_tells_which_secret_holds() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = admin(&world, &tenant).await?;
    let path = format!("{ACCOUNT}/test");
    let tried = admin.post(&path, &json!({})).await?.expect(200)?;
    assert_eq!(
        tried.body,
        json!({ "ok": true, "checks": [{ "name": "auth_token", "ok": true, "detail": null }] })
    );

    let sid = &tenant.account.account_sid;
    let body = json!({ "account_sid": sid, "secondary_auth_token": random_hex(16) });
    put(&admin, ACCOUNT, 1, &body).await?.expect(200)?;
    let tried = admin.post(&path, &json!({})).await?.expect(200)?;
    let outcomes: Vec<_> = tried.array("/checks")?.iter().map(|check| check["ok"].clone()).collect();
    assert_eq!((&tried.body["ok"], outcomes), (&json!(false), vec![json!(true), json!(false)]));
    assert_eq!(tenant.session.post(&path, &json!({})).await?.status, 403);
    Ok(())
}

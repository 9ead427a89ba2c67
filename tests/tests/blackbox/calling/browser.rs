//! A call from a browser, which the Voice SDK would begin: here its request for instructions is made by hand.

use serde_json::{Value, json};

use crate::{
    eventually::PATIENCE,
    failed::Outcome,
    signed_webhook::VoiceStatus,
    telephony::{ACCOUNT, admin, put},
    world::{Tenant, World, random_hex},
};

/// Gives the account what browsers need.
async fn equip(world: &World, tenant: &Tenant) -> Outcome {
    let body = json!({ "account_sid": tenant.account.account_sid, "api_key_sid": format!("SK{}", random_hex(16)),
        "api_key_secret": random_hex(16), "twiml_app_sid": format!("AP{}", random_hex(16)) });
    put(&admin(world, tenant).await?, ACCOUNT, 1, &body).await?.expect(200)?;
    Ok(())
}

fn asking(tenant: &Tenant, call: &Value, user: &str) -> VoiceStatus {
    let from = format!("client:{user}");
    let call = call["id"].as_str().unwrap_or_default();
    VoiceStatus::of(tenant, "voice", &[("call_id", call), ("From", &from), ("CallStatus", "ringing")])
}

/// The status and body of the answer to a request for instructions.
pub async fn ask(world: &World, tenant: &Tenant, request: &VoiceStatus) -> Outcome<(u16, String)> {
    let signature = request.signature(&world.stack.api_url, tenant.secret());
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let form: Vec<_> = request.form.iter().collect();
    let url = format!("{}{}", world.stack.api_url, request.path);
    let answer =
        client.post(url).header(crate::signed_webhook::SIGNATURE, signature).form(&form).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

#[tokio::test]
async fn the_browser_of_its_user_takes_a_call_up() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    equip(&world, &tenant).await?;
    let body = json!({ "contact_id": tenant.contact().await?, "mode": "browser" });
    let call = tenant.session.post("/v1/calls", &body).await?.expect(201)?.body;
    assert_eq!((&call["status"], &call["provider_call_id"]), (&json!("queued"), &Value::Null));

    let request = asking(&tenant, &call, &tenant.user_id);
    let (status, first) = ask(&world, &tenant, &request).await?;
    assert_eq!(status, 200, "{first}");
    assert!(
        first.contains(">+14155550132</Number>") && first.contains("callerId=\"+14155550101\""),
        "{first}"
    );
    assert_eq!(ask(&world, &tenant, &request).await?, (200, first), "asked again it says the same");
    let id = call["id"].as_str().unwrap_or_default();
    let state = tenant.read_call(id).await?;
    assert_eq!(
        (&state["status"], &state["provider_call_id"]),
        (&json!("ringing"), &json!(request.form["CallSid"]))
    );

    let end = VoiceStatus::completed(&tenant, id, &request.form["CallSid"]);
    let signature = end.signature(&world.stack.api_url, tenant.secret());
    end.send(&world.api, Some(&signature)).await?.expect(204)?;
    let state = tenant.read_call(id).await?;
    assert_eq!((&state["status"], &state["duration_seconds"]), (&json!("completed"), &json!(42)));
    let legs: Vec<_> =
        state["legs"].as_array().into_iter().flatten().map(|leg| leg["role"].clone()).collect();
    assert_eq!(legs.len(), 2, "{state}");
    assert_eq!(ask(&world, &tenant, &request).await?.0, 404, "it is over");
    Ok(())
}

#[tokio::test]
async fn nobody_else_takes_it_up() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    equip(&world, &tenant).await?;
    let contact = tenant.contact().await?;
    let call = tenant.session.post("/v1/calls", &json!({ "contact_id": contact, "mode": "browser" })).await?;
    let call = call.expect(201)?.body;
    let stranger = "usr_01kar1b2c3d4e5f6g7h8j9k0mn";
    for request in [
        asking(&tenant, &call, stranger),
        asking(&tenant, &call, ""),
        asking(&tenant, &json!({ "id": "call_01kar4vg2s9d8f7g6h5j4k3m2n" }), &tenant.user_id),
        asking(&tenant, &call, &tenant.user_id).with("From", "+14155550132"),
    ] {
        assert_eq!(ask(&world, &tenant, &request).await?.0, 404, "{:?}", request.form);
    }
    let forged = asking(&tenant, &call, &tenant.user_id);
    forged.send(&world.api, Some(&forged.signature(&world.stack.api_url, "other"))).await?.expect(403)?;
    Ok(())
}

#[tokio::test]
async fn a_token_needs_a_key() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let refused = tenant.session.post("/v1/calls/voice-token", &json!({})).await?.expect(409)?;
    assert_eq!(refused.text("/errors/0/code")?, "no_voice_key");
    let body = json!({ "contact_id": tenant.contact().await?, "mode": "browser" });
    assert_eq!(tenant.session.post("/v1/calls", &body).await?.status, 409);
    equip(&world, &tenant).await?;
    let token = tenant.session.post("/v1/calls/voice-token", &json!({})).await?.expect(200)?;
    assert_eq!(token.text("/identity")?, tenant.user_id);
    assert_eq!(token.text("/token")?.split('.').count(), 3);
    Ok(())
}

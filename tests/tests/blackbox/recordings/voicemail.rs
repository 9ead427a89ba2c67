//! Callers whom nobody answers, and what they leave.

use kernel::Role;
use serde_json::{Value, json};

use super::{heard, until, until_recording};
use crate::{
    eventually::eventually,
    failed::{Failed, Outcome},
    people::{Person, change},
    telephony::{NUMBERS, admin, put},
    world::{CALLER_ID, Tenant, World},
};

const ADA: &str = "+14155550132";
const STRANGER: &str = "+14155550177";

/// Has the tenant's number lead here, and somebody call it; gives the call's id.
async fn called_by(world: &World, tenant: &Tenant, from: &str, script: &Value) -> Outcome<String> {
    let base = format!("{}/v1/webhooks/twilio/{}", world.stack.api_url, tenant.id);
    world
        .twilio
        .register_account(&json!({
            "sid": tenant.account.account_sid, "auth_token": tenant.secret(), "calls_per_second": 100,
            "numbers": [{ "phone_number": CALLER_ID, "voice_url": format!("{base}/voice-inbound"),
                "status_callback": format!("{base}/voice-status") }],
        }))
        .await?;
    world.script(&tenant.account, script).await?;
    let talk = script["talk_ms"].as_u64();
    let call =
        json!({ "account_sid": tenant.account.account_sid, "to": CALLER_ID, "from": from, "talk_ms": talk });
    world.twilio.post("inbound-call", &call).await?;
    let admin = admin(world, tenant).await?;
    eventually("the call in the list", async || {
        let listed = admin.get("/v1/calls").await?.expect(200)?;
        Ok(listed.body["items"][0]["id"].as_str().map(str::to_owned))
    })
    .await
}

async fn notified(tenant: &Tenant, kind: &str) -> Outcome<Value> {
    eventually("the notification", async || {
        let listed = tenant.session.get("/v1/notifications").await?.expect(200)?;
        let found = listed.array("/items")?.iter().find(|one| one["type"] == json!(kind)).cloned();
        Ok(found)
    })
    .await
}

#[tokio::test]
async fn a_message_is_kept_notified_and_played() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let call = called_by(&world, &tenant, ADA, &json!({ "voicemail_ms": 1500, "talk_ms": null })).await?;
    let sound = heard(&tenant, &call).await?;
    assert_eq!(&sound[..4], b"RIFF");
    let state = until(&tenant, &call, "the end", |call| call["disposition"] == json!("vm-left")).await?;
    assert_eq!((&state["status"], &state["recording"]["kind"]), (&json!("no-answer"), &json!("voicemail")));
    assert_eq!(state["consent"], Value::Null, "who leaves a message knows");
    let timeline = tenant.timeline(&contact).await?;
    assert_eq!((timeline.len(), &timeline[0]["call"]["disposition"]), (1, &json!("vm-left")));
    let told = notified(&tenant, "voicemail").await?;
    assert_eq!(told["subject_id"], json!(call), "{told}");
    Ok(())
}

#[tokio::test]
async fn a_caller_who_hangs_up_while_speaking_has_left_a_message() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    tenant.contact().await?;
    // The greeting takes some five seconds of them.
    let script = json!({ "voicemail_ms": 60000, "talk_ms": 7000 });
    let call = called_by(&world, &tenant, ADA, &script).await?;
    assert_eq!(&heard(&tenant, &call).await?[..4], b"RIFF");
    notified(&tenant, "voicemail").await?;
    Ok(())
}

#[tokio::test]
async fn a_caller_who_leaves_nothing_was_missed() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let script = json!({ "recording": "absent", "voicemail_ms": 300, "talk_ms": null });
    let call = called_by(&world, &tenant, ADA, &script).await?;
    let state = until_recording(&tenant, &call, "absent").await?;
    assert_eq!(state["recording"]["kind"], json!("voicemail"));
    until(&tenant, &call, "the end", |call| call["disposition"] == json!("no-answer")).await?;
    assert_eq!(tenant.timeline(&contact).await?.len(), 1);
    let told = notified(&tenant, "missed_call").await?;
    assert_eq!(told["subject_id"], json!(call), "{told}");
    let listed = tenant.session.get("/v1/notifications").await?.expect(200)?;
    let wrong = listed.array("/items")?.iter().any(|one| one["type"] == json!("voicemail"));
    if wrong { Err(Failed::new(listed.body.to_string())) } else { Ok(()) }
}

/// It stands on no timeline, so whom it rang is told.
#[tokio::test]
async fn a_stranger_who_rang_a_team_in_vain_was_missed() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = admin(&world, &tenant).await?;
    let team = admin.post("/v1/teams", &json!({ "name": "West" })).await?.expect(201)?;
    let member = Person::join(&world, &tenant, "member", Role::Rep).await?;
    change(&admin, &member.id, 1, &json!({ "team_ids": [team.body["id"]] })).await?.expect(200)?;
    let session = world.api.sign_in(&member.email, &member.password).await?;
    let numbers =
        json!({ "numbers": [{ "number": CALLER_ID, "team_id": team.body["id"], "greeting": "Out." }] });
    put(&admin, NUMBERS, 1, &numbers).await?.expect(200)?;
    let _present = session.socket().await?;
    let script = json!({ "outcome": "busy", "recording": "absent", "voicemail_ms": 200, "talk_ms": null });
    let call = called_by(&world, &tenant, STRANGER, &script).await?;
    eventually("the notification of the missed call", async || {
        let listed = session.get("/v1/notifications").await?.expect(200)?;
        let found = |one: &Value| one["type"] == json!("missed_call") && one["subject_id"] == json!(call);
        Ok(listed.array("/items")?.iter().any(found).then_some(()))
    })
    .await
}

/// A stranger's message is the tenant's, and no rep's.
#[tokio::test]
async fn a_strangers_message_is_kept_for_those_who_look_after_all() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let script = json!({ "voicemail_ms": 1200, "talk_ms": null });
    let call = called_by(&world, &tenant, STRANGER, &script).await?;
    let admin = admin(&world, &tenant).await?;
    let path = format!("/v1/calls/{call}/recording");
    eventually("the message", async || Ok((admin.get(&path).await?.status == 200).then_some(()))).await?;
    tenant.session.get(&path).await?.expect(404)?;
    Ok(())
}

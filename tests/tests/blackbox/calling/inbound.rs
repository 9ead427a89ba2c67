//! Calls that come in.

use kernel::Role;
use serde_json::{Value, json};

use super::browser::ask;
use crate::{
    eventually::{PATIENCE, eventually},
    failed::Outcome,
    people::Person,
    signed_webhook::VoiceStatus,
    telephony::{NUMBERS, admin, put},
    world::{CALLER_ID, Tenant, World},
};

const ADA: &str = "+14155550132";
const STRANGER: &str = "+14155550177";

fn incoming(tenant: &Tenant, from: &str) -> VoiceStatus {
    let fields = [("From", from), ("To", CALLER_ID), ("CallStatus", "ringing"), ("Direction", "inbound")];
    VoiceStatus::of(tenant, "voice-inbound", &fields)
}

/// What a rung user's leg reports.
async fn report(world: &World, tenant: &Tenant, call: &str, user: &str, leg: char, status: &str) -> Outcome {
    let sid = format!("CA{}", String::from(leg).repeat(32));
    let fields = [
        ("CallSid", sid.as_str()),
        ("ParentCallSid", "CA00000000000000000000000000000009"),
        ("CallStatus", status),
        ("CallDuration", "30"),
        ("Timestamp", "Sun, 22 Nov 2026 15:00:00 +0000"),
    ];
    let report = VoiceStatus::of(tenant, "voice-status", &fields);
    let report =
        VoiceStatus { path: format!("{}?call_id={call}&leg=agent&user_id={user}", report.path), ..report };
    let signature = report.signature(&world.stack.api_url, tenant.secret());
    report.send(&world.api, Some(&signature)).await?.expect(204)?;
    Ok(())
}

async fn only_call(tenant: &Tenant) -> Outcome<Value> {
    let listed = tenant.session.get("/v1/calls").await?.expect(200)?;
    assert_eq!(listed.array("/items")?.len(), 1, "{}", listed.body);
    Ok(listed.body["items"][0].clone())
}

#[tokio::test]
async fn a_contacts_call_rings_its_owner_who_is_there() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let mut socket = tenant.session.socket().await?;
    let request = incoming(&tenant, ADA);
    let (status, document) = ask(&world, &tenant, &request).await?;
    assert_eq!(status, 200, "{document}");
    assert!(document.contains(&format!(">{}</Client>", tenant.user_id)), "{document}");
    assert!(document.contains("</Number>"), "the owner's telephone rings too: {document}");
    assert_eq!(ask(&world, &tenant, &request).await?, (200, document), "asked again it says the same");

    let rings = socket.wait_for(PATIENCE, |event| event.kind == "call.ringing").await?;
    assert_eq!(rings.contact_id, contact);
    assert_eq!(rings.data["rung_ids"], json!([tenant.user_id]));
    let notices = tenant.session.get("/v1/notifications").await?.expect(200)?;
    assert_eq!(
        (&notices.body["items"][0]["type"], &notices.body["items"][0]["urgent"]),
        (&json!("inbound_call"), &json!(true)),
        "{}",
        notices.body
    );
    let id = rings.data["call_id"].as_str().unwrap_or_default().to_owned();
    let call = tenant.read_call(&id).await?;
    for (field, value) in [
        ("direction", json!("inbound")),
        ("status", json!("ringing")),
        ("remote_phone", json!(ADA)),
        ("local_phone", json!(CALLER_ID)),
        ("user_id", Value::Null),
        ("contact_id", json!(contact)),
    ] {
        assert_eq!(call[field], value, "{field}");
    }
    report(&world, &tenant, &id, &tenant.user_id, 'a', "in-progress").await?;
    let taken = socket.wait_for(PATIENCE, |event| event.data["status"] == json!("in-progress")).await?;
    assert_eq!(taken.data["user_id"], json!(tenant.user_id));
    report(&world, &tenant, &id, &tenant.user_id, 'a', "completed").await?;
    let timeline = tenant.timeline(&contact).await?;
    assert_eq!(timeline.len(), 1);
    assert_eq!(
        (&timeline[0]["call"]["direction"], &timeline[0]["call"]["duration_seconds"]),
        (&json!("inbound"), &json!(30))
    );
    Ok(())
}

#[tokio::test]
async fn where_the_owner_is_away_the_team_is_rung_and_the_first_to_answer_has_the_call() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    tenant.contact().await?;
    let admin = admin(&world, &tenant).await?;
    let team = admin.post("/v1/teams", &json!({ "name": "West" })).await?.expect(201)?;
    let mut members = Vec::new();
    for name in ["one", "two", "away"] {
        let person = Person::join(&world, &tenant, name, Role::Rep).await?;
        let body = json!({ "team_ids": [team.body["id"]] });
        crate::people::change(&admin, &person.id, 1, &body).await?.expect(200)?;
        members.push(person);
    }
    let numbers = json!({ "numbers": [{ "number": CALLER_ID, "team_id": team.body["id"], "greeting": "West is out." }] });
    put(&admin, NUMBERS, 1, &numbers).await?.expect(200)?;
    let mut sockets = Vec::new();
    for person in &members[..2] {
        let session = world.api.sign_in(&person.email, &person.password).await?;
        sockets.push(session.socket().await?);
    }
    let (status, document) = ask(&world, &tenant, &incoming(&tenant, ADA)).await?;
    assert_eq!(status, 200, "{document}");
    for (person, rung) in members.iter().zip([true, true, false]) {
        assert_eq!(document.contains(&format!(">{}</Client>", person.id)), rung, "{document}");
    }
    let mut call = String::new();
    for socket in &mut sockets {
        let rings = socket.wait_for(PATIENCE, |event| event.kind == "call.ringing").await?;
        call = rings.data["call_id"].as_str().unwrap_or_default().to_owned();
    }
    report(&world, &tenant, &call, &members[1].id, 'b', "in-progress").await?;
    report(&world, &tenant, &call, &members[0].id, 'a', "canceled").await?;
    for socket in &mut sockets {
        let taken = socket.wait_for(PATIENCE, |event| event.data["status"] == json!("in-progress")).await?;
        assert_eq!(taken.data["user_id"], json!(members[1].id), "both hear who has it");
    }
    Ok(())
}

#[tokio::test]
async fn a_stranger_who_reaches_nobody_hears_the_greeting_and_is_kept() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = admin(&world, &tenant).await?;
    put(&admin, NUMBERS, 1, &json!({ "numbers": [{ "number": CALLER_ID, "greeting": "Nobody <here>." }] }))
        .await?
        .expect(200)?;
    let request = incoming(&tenant, STRANGER);
    let (status, document) = ask(&world, &tenant, &request).await?;
    assert_eq!(status, 200);
    assert!(document.contains("<Say>Nobody &lt;here&gt;.</Say><Record "), "{document}");
    assert!(document.ends_with("<Hangup /></Response>"), "{document}");
    let end = VoiceStatus::of(
        &tenant,
        "voice-status",
        &[
            ("CallStatus", "completed"),
            ("CallDuration", "4"),
            ("Timestamp", "Sun, 22 Nov 2026 15:00:00 +0000"),
        ],
    );
    end.send(&world.api, Some(&end.signature(&world.stack.api_url, tenant.secret()))).await?.expect(204)?;
    let listed = admin.get("/v1/calls").await?.expect(200)?;
    let call = &listed.body["items"][0];
    assert_eq!((&call["contact_id"], &call["remote_phone"]), (&Value::Null, &json!(STRANGER)));
    assert_eq!((&call["status"], &call["duration_seconds"]), (&json!("no-answer"), &Value::Null));
    assert_eq!(tenant.session.get("/v1/calls").await?.array("/items")?.len(), 0, "a rep it did not ring");
    Ok(())
}

#[tokio::test]
async fn who_withholds_a_number_is_kept_as_the_provider_calls_them() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = admin(&world, &tenant).await?;
    assert_eq!(ask(&world, &tenant, &incoming(&tenant, "anonymous")).await?.0, 200);
    let listed = admin.get("/v1/calls").await?.expect(200)?;
    assert_eq!(listed.body["items"][0]["remote_phone"], json!("anonymous"));
    let elsewhere = incoming(&tenant, ADA).with("To", "+12125550199");
    assert_eq!(ask(&world, &tenant, &elsewhere).await?.0, 404, "no number of the tenant");
    let unsigned = incoming(&tenant, ADA);
    unsigned.send(&world.api, None).await?.expect(403)?;
    Ok(())
}

/// From the network's side: the stand-in plays the caller and the browser.
#[tokio::test]
async fn an_inbound_call_goes_its_whole_way() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let base = format!("{}/v1/webhooks/twilio/{}", world.stack.api_url, tenant.id);
    world
        .twilio
        .register_account(&json!({
            "sid": tenant.account.account_sid, "auth_token": tenant.secret(), "calls_per_second": 100,
            "numbers": [{ "phone_number": CALLER_ID, "voice_url": format!("{base}/voice-inbound"),
                "status_callback": format!("{base}/voice-status") }],
        }))
        .await?;
    world.script(&tenant.account, &json!({ "talk_ms": 1100 })).await?;
    let _socket = tenant.session.socket().await?;
    let ring = json!({ "account_sid": tenant.account.account_sid, "to": CALLER_ID, "from": ADA });
    world.twilio.post("inbound-call", &ring).await?;
    // The caller's end may be told before that of who answered, whose duration it is.
    let ended = eventually("the end of the call", async || {
        let timeline = tenant.timeline(&contact).await?;
        let call = timeline.first().map(|activity| activity["call"].clone());
        Ok(call.filter(|call| call["duration_seconds"] == json!(1)))
    })
    .await?;
    assert_eq!((&ended["status"], &ended["direction"]), (&json!("completed"), &json!("inbound")));
    let call = only_call(&tenant).await?;
    assert_eq!((&call["user_id"], &call["duration_seconds"]), (&json!(tenant.user_id), &json!(1)));
    Ok(())
}

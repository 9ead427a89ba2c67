//! Reports of recordings that are not to be believed.

use http::Method;
use serde_json::{Value, json};

use super::{objects_of, report, until, until_recording};
use crate::{
    failed::Outcome,
    signed_webhook::{SIGNATURE, VoiceStatus, sign},
    world::{Tenant, World},
};

/// A call that is over and that nobody recorded.
async fn over(world: &World, tenant: &Tenant) -> Outcome<(String, String)> {
    let (call, sid) = tenant.call(&tenant.contact().await?).await?;
    until(tenant, &call, "the end", |call| call["status"] == json!("completed")).await?;
    world.twilio.set_script(&json!({ "account_sid": tenant.account.account_sid })).await?;
    Ok((call, sid))
}

async fn send(world: &World, tenant: &Tenant, report: &VoiceStatus) -> Outcome<blackbox::Answer> {
    let signature = report.signature(&world.stack.api_url, tenant.secret());
    report.send(&world.api, Some(&signature)).await
}

#[tokio::test]
async fn a_report_without_a_good_signature_changes_nothing() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let (call, sid) = over(&world, &tenant).await?;
    for route in ["recording", "voicemail"] {
        let report = report(&tenant, route, &call, &sid, 'a');
        report.send(&world.api, None).await?.expect(403)?;
        let forged = report.signature(&world.stack.api_url, "another secret");
        report.send(&world.api, Some(&forged)).await?.expect(403)?;
        let signature = report.signature(&world.stack.api_url, tenant.secret());
        report
            .clone()
            .with("RecordingDuration", "1")
            .send(&world.api, Some(&signature))
            .await?
            .expect(403)?;
        let foreign = report.with("AccountSid", "AC00000000000000000000000000000077");
        send(&world, &tenant, &foreign).await?.expect(403)?;
    }
    assert_eq!(tenant.read_call(&call).await?["recording"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn json_needs_its_digest_in_the_url() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let (call, sid) = over(&world, &tenant).await?;
    let path = report(&tenant, "recording", &call, &sid, 'a').path;
    let body = json!({ "AccountSid": tenant.account.account_sid, "CallSid": sid });
    let signature = sign(tenant.secret(), &format!("{}{path}", world.stack.api_url));
    let request = world.api.request(Method::POST, &path).header(SIGNATURE, &signature);
    request.json(&body).send().await?.expect(403)?;
    Ok(())
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_name() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let (call, sid) = over(&world, &tenant).await?;
    let good = report(&tenant, "recording", &call, &sid, 'a');
    for (field, value) in [
        ("CallSid", "nonsense"),
        ("RecordingSid", "RE../../../etc/passwd"),
        ("RecordingSid", ""),
        ("RecordingStatus", "splendid"),
        ("RecordingDuration", "86401"),
        ("RecordingDuration", "-2"),
        ("RecordingDuration", "4e9"),
    ] {
        let answer = send(&world, &tenant, &good.clone().with(field, value)).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{value}");
    }
    for path in [good.path.replace(&call, "call_01kar4vg2s9d8f7g6h5j4k3m2n"), good.path.replace(&call, "x")] {
        let unknown = VoiceStatus { path, ..good.clone() };
        send(&world, &tenant, &unknown).await?.expect(404)?;
    }
    let other_leg = good.clone().with("CallSid", "CA00000000000000000000000000000077");
    send(&world, &tenant, &other_leg).await?.expect(404)?;
    send(&world, &tenant, &good.with("RecordingStatus", "in-progress")).await?.expect(204)?;
    assert_eq!(tenant.read_call(&call).await?["recording"], Value::Null);
    Ok(())
}

/// The address in a report is nobody's business: media is asked of the provider, by the recording's id. It has none of this id.
#[tokio::test]
async fn nothing_is_fetched_from_where_a_report_says() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let (call, sid) = over(&world, &tenant).await?;
    let good = report(&tenant, "recording", &call, &sid, 'a');
    for _ in 0..2 {
        send(&world, &tenant, &good).await?.expect(204)?;
    }
    let state = until_recording(&tenant, &call, "processing").await?;
    let other = report(&tenant, "recording", &call, &sid, 'b');
    send(&world, &tenant, &other).await?.expect(404)?;
    let filter = blackbox::LogFilter {
        account_sid: Some(tenant.account.account_sid.clone()),
        kind: Some("request".to_owned()),
        ..blackbox::LogFilter::default()
    };
    crate::eventually::eventually("the question to the provider", async || {
        let asked = world.twilio.log(&filter).await?;
        let wanted = format!("/Recordings/RE{}.wav", "a".repeat(32));
        Ok(asked.iter().any(|entry| entry.url.ends_with(&wanted)).then_some(()))
    })
    .await?;
    assert!(objects_of(&world, &tenant).await?.is_empty());
    assert_eq!(
        tenant.read_call(&call).await?["version"],
        state["version"],
        "a repeated report changes nothing"
    );
    send(&world, &tenant, &good.with("RecordingStatus", "absent")).await?.expect(204)?;
    until_recording(&tenant, &call, "absent").await?;
    Ok(())
}

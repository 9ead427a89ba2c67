//! Webhooks that Twilio would not have sent.

use aws_lc_rs::digest::{SHA256, digest};
use http::Method;
use serde_json::json;

use super::{Stored, assert_names, assert_problem};
use crate::{
    failed::Outcome,
    signed_webhook::{SIGNATURE, VoiceStatus, sign},
    world::{Tenant, World},
};

const UNKNOWN_CALL: &str = "call_01kar4vg2s9d8f7g6h5j4k3m2n";

struct Scene {
    world: World,
    tenant: Tenant,
    /// What would end an open call.
    report: VoiceStatus,
    call: String,
    contact: String,
    before: Stored,
}

impl Scene {
    /// A call on which the provider has not reported yet.
    async fn set() -> Outcome<Self> {
        let world = World::open().await?;
        let tenant = world.tenant().await?;
        world.script(&tenant.account, &json!({ "callbacks": "dropped" })).await?;
        let contact = tenant.contact().await?;
        let (call, call_sid) = tenant.call(&contact).await?;
        let report = VoiceStatus::completed(&tenant, &call, &call_sid);
        let before = Stored::now(&world, &tenant).await?;
        Ok(Self { world, tenant, report, call, contact, before })
    }

    /// Signed as it is sent.
    async fn send_signed(&self, report: &VoiceStatus) -> Outcome<blackbox::Answer> {
        let signature = report.signature(&self.world.stack.api_url, self.tenant.secret());
        report.send(&self.world.api, Some(&signature)).await
    }

    async fn assert_nothing_stored(&self) -> Outcome {
        self.before.assert_unchanged(&self.world, &self.tenant).await
    }
}

#[tokio::test]
async fn a_signature_that_does_not_hold_is_refused() -> Outcome {
    let scene = Scene::set().await?;
    let (report, api_url) = (&scene.report, scene.world.stack.api_url.as_str());
    let good = report.signature(api_url, scene.tenant.secret());
    let mut bent = good.clone().into_bytes();
    bent[3] = if bent[3] == b'A' { b'B' } else { b'A' };
    let bent = String::from_utf8(bent)?;
    for (about, signature) in [
        ("none", None),
        ("empty", Some(String::new())),
        ("no base64", Some("not base64!".to_owned())),
        ("one character changed", Some(bent)),
        ("another secret", Some(report.signature(api_url, "0".repeat(32).as_str()))),
        ("no secret", Some(report.signature(api_url, ""))),
        ("another host", Some(report.signature("https://attacker.example", scene.tenant.secret()))),
        ("the URL alone", Some(sign(scene.tenant.secret(), &format!("{api_url}{}", report.path)))),
    ] {
        let answer = report.send(&scene.world.api, signature.as_deref()).await?;
        assert_problem(&answer, 403, "forbidden", about);
    }
    let changed = report.clone().with("CallDuration", "43").send(&scene.world.api, Some(&good)).await?;
    assert_problem(&changed, 403, "forbidden", "a field changed after signing");
    let moved = VoiceStatus { path: report.path.replace(&scene.call, UNKNOWN_CALL), ..report.clone() };
    assert_problem(&moved.send(&scene.world.api, Some(&good)).await?, 403, "forbidden", "another call");
    scene.assert_nothing_stored().await
}

/// Of a body that is no form nothing is signed but its digest in the URL.
#[tokio::test]
async fn a_json_body_without_its_digest_is_refused() -> Outcome {
    let scene = Scene::set().await?;
    let body = json!(scene.report.form).to_string();
    let digest_of = |text: &str| hex::encode(digest(&SHA256, text.as_bytes()));
    let path = &scene.report.path;
    for (about, path) in [
        ("without a digest", path.clone()),
        ("with another body's digest", format!("{path}&bodySHA256={}", digest_of("{}"))),
        ("with its digest, but no form", format!("{path}&bodySHA256={}", digest_of(&body))),
    ] {
        let signature = sign(scene.tenant.secret(), &format!("{}{path}", scene.world.stack.api_url));
        let request = scene.world.api.request(Method::POST, &path).header(SIGNATURE, &signature);
        let answer = request.body("application/json", body.clone()).send().await?;
        assert_problem(&answer, 403, "forbidden", about);
    }
    scene.assert_nothing_stored().await
}

#[tokio::test]
async fn a_signed_report_about_something_else_is_refused() -> Outcome {
    let scene = Scene::set().await?;
    let report = &scene.report;
    let elsewhere =
        |call: &str| VoiceStatus { path: report.path.replace(&scene.call, call), ..report.clone() };
    for (about, report, status, problem) in [
        ("an unknown call", elsewhere(UNKNOWN_CALL), 404, "not_found"),
        ("no call's id", elsewhere("nonsense"), 404, "not_found"),
        (
            "another call at the provider",
            report.clone().with("ParentCallSid", &format!("CA{}", "0".repeat(32))),
            404,
            "not_found",
        ),
        (
            "another account",
            report.clone().with("AccountSid", &format!("AC{}", "0".repeat(32))),
            403,
            "forbidden",
        ),
    ] {
        assert_problem(&scene.send_signed(&report).await?, status, problem, about);
    }
    let mut nobodys = report.clone();
    nobodys.path = nobodys.path.replace(&scene.tenant.id, "tnt_nobody-here");
    assert_problem(&scene.send_signed(&nobodys).await?, 403, "forbidden", "an unknown tenant");
    nobodys.path = nobodys.path.replace("tnt_nobody-here", "nonsense");
    assert_problem(&scene.send_signed(&nobodys).await?, 404, "not_found", "no tenant's id");
    scene.assert_nothing_stored().await
}

#[tokio::test]
async fn a_signed_report_that_makes_no_sense_is_refused() -> Outcome {
    let scene = Scene::set().await?;
    for (field, values) in [
        ("CallDuration", ["86401", "99999999999", "-1", "1.5", "long"].as_slice()),
        ("CallStatus", &["finished", "", "COMPLETED"]),
        ("CallSid", &["", "CA1", "SM00000000000000000000000000000000"]),
        ("Timestamp", &["yesterday", "2026-11-22T15:00:00Z"]),
        ("ParentCallSid", &["CA1"]),
    ] {
        for value in values {
            let report = scene.report.clone().with(field, value);
            assert_names(&scene.send_signed(&report).await?, field, &format!("{field}={value}"));
        }
    }
    let extended = VoiceStatus { path: format!("{}&admin=true", scene.report.path), ..scene.report.clone() };
    assert_names(&scene.send_signed(&extended).await?, "admin", "a parameter that nobody has sent us for");
    scene.assert_nothing_stored().await
}

/// Twilio repeats itself, and so may anybody who has seen a request: it counts once.
#[tokio::test]
async fn a_replayed_report_changes_nothing() -> Outcome {
    let scene = Scene::set().await?;
    scene.send_signed(&scene.report).await?.expect(204)?;
    let after_one = Stored::now(&scene.world, &scene.tenant).await?;
    assert_eq!(scene.tenant.timeline(&scene.contact).await?.len(), 1);
    for _ in 0..3 {
        scene.send_signed(&scene.report).await?.expect(204)?;
    }
    let late = scene.report.clone().with("CallStatus", "ringing").with("SequenceNumber", "1");
    scene.send_signed(&late).await?.expect(204)?;
    assert_eq!(scene.tenant.timeline(&scene.contact).await?.len(), 1);
    let call = scene.tenant.read_call(&scene.call).await?;
    assert_eq!((&call["status"], &call["duration_seconds"]), (&json!("completed"), &json!(42)));
    let kept: Vec<_> = after_one.0.keys().filter(|(pk, _)| !pk.ends_with("#TOUCH")).collect();
    let now = Stored::now(&scene.world, &scene.tenant).await?;
    let now_kept: Vec<_> = now.0.keys().filter(|(pk, _)| !pk.ends_with("#TOUCH")).collect();
    assert_eq!(kept, now_kept);
    for key in kept {
        assert_eq!(after_one.0[key], now.0[key], "{key:?}");
    }
    Ok(())
}

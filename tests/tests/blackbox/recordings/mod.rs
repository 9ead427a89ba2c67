//! Recordings of calls, and messages that callers leave.

mod bad_reports;
mod consent;
mod keeping;
mod voicemail;

use http::Method;
use serde_json::{Value, json};

use crate::{
    eventually::{PATIENCE, eventually},
    failed::Outcome,
    signed_webhook::VoiceStatus,
    telephony::admin,
    world::{OWN_PHONE, Tenant, World},
};

/// A tenant that records all its calls.
pub async fn recording_tenant() -> Outcome<(World, Tenant)> {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    record_calls(&world, &tenant, "always").await?;
    Ok((world, tenant))
}

/// Has the tenant record its calls.
pub async fn record_calls(world: &World, tenant: &Tenant, policy: &str) -> Outcome {
    let admin = admin(world, tenant).await?;
    let before = admin.get("/v1/tenant").await?.expect(200)?;
    let request = admin.request(Method::PATCH, "/v1/tenant");
    let request = request.header("if-match", before.header("etag").unwrap_or_default());
    request.json(&json!({ "recording_policy": policy })).send().await?.expect(200)?;
    Ok(())
}

/// A call of a tenant that records, to a new contact who talks for a second; gives its id once it is over.
pub async fn recorded_call(world: &World, tenant: &Tenant) -> Outcome<String> {
    scripted_call(world, tenant, &json!({})).await
}

/// As [`recorded_call`], with more in the contact's script.
pub async fn scripted_call(world: &World, tenant: &Tenant, changes: &Value) -> Outcome<String> {
    let mut script = json!({ "talk_ms": 1100 });
    for (name, value) in changes.as_object().into_iter().flatten() {
        script[name] = value.clone();
    }
    world.script(&tenant.account, &script).await?;
    world.script_for(&tenant.account, OWN_PHONE, &json!({ "hang_up": "manual" })).await?;
    let (call, _) = tenant.call(&tenant.contact().await?).await?;
    until(tenant, &call, "the end of the call", |call| call["status"] == json!("completed")).await?;
    Ok(call)
}

/// The call, once it is as wanted.
pub async fn until(
    tenant: &Tenant,
    call: &str,
    what: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Outcome<Value> {
    eventually(what, async || Ok(Some(tenant.read_call(call).await?).filter(&wanted))).await
}

/// The call, once its recording stands like this.
pub async fn until_recording(tenant: &Tenant, call: &str, status: &str) -> Outcome<Value> {
    let what = format!("the recording being {status}");
    until(tenant, call, &what, |call| call["recording"]["status"] == json!(status)).await
}

/// The recording's sound, by the link that is given for it, once it is there.
pub async fn heard(tenant: &Tenant, call: &str) -> Outcome<Vec<u8>> {
    until_recording(tenant, call, "available").await?;
    let link = tenant.session.get(&format!("/v1/calls/{call}/recording")).await?.expect(200)?;
    let answer = reqwest::get(link.text("/url")?).await?.error_for_status()?;
    Ok(answer.bytes().await?.to_vec())
}

/// The names of the tenant's stored recordings.
pub async fn objects_of(world: &World, tenant: &Tenant) -> Outcome<Vec<String>> {
    let list = aws_sdk_s3::Client::new(&world.aws.config).list_objects_v2();
    let list = list.bucket(world.output("ObjectsBucketName")).prefix(format!("{}/recordings/", tenant.id));
    let listed = list.send().await?;
    Ok(listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect())
}

/// A report that a call's recording is done; `digit` makes its id.
pub fn report(tenant: &Tenant, route: &str, call: &str, call_sid: &str, digit: char) -> VoiceStatus {
    let sid = format!("RE{}", String::from(digit).repeat(32));
    let fields = [
        ("CallSid", call_sid),
        ("RecordingSid", sid.as_str()),
        ("RecordingStatus", "completed"),
        ("RecordingDuration", "42"),
        ("RecordingUrl", "http://169.254.169.254/latest/meta-data/"),
    ];
    let report = VoiceStatus::of(tenant, route, &fields);
    VoiceStatus { path: format!("{}?call_id={call}", report.path), ..report }
}

/// The recordings that the provider still has of the account's.
async fn left_at_provider(world: &World, tenant: &Tenant) -> Outcome<usize> {
    let base = world.stack.twilio_url.as_deref().unwrap_or_default();
    let sid = &tenant.account.account_sid;
    let url = format!("{base}/2010-04-01/Accounts/{sid}/Recordings.json");
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let request = client.get(url).basic_auth(sid, Some(tenant.secret()));
    let body: Value = request.send().await?.error_for_status()?.json().await?;
    Ok(body["recordings"].as_array().map_or(0, Vec::len))
}

/// Who was let at the call's recording, and for what.
async fn accesses(world: &World, tenant: &Tenant, call: &str) -> Outcome<Vec<(String, String)>> {
    let partition = format!("T#{}#RECORDINGACCESS#{call}", tenant.id);
    let rows = world.rows_of(&tenant.id).await?;
    let text = |item: &crate::aws::Item, name: &str| item[name].as_s().cloned().unwrap_or_default();
    let own = rows.into_iter().filter(|((pk, _), _)| *pk == partition);
    Ok(own.map(|(_, item)| (text(&item, "user_id"), text(&item, "action"))).collect())
}

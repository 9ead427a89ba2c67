//! `POST /v1/webhooks/twilio/{tenant_id}/voice-status`

use kernel::{CallId, ClaimedTenant, Failure, Faults, TenantId, UtcTime};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{
    app::WebhookApp,
    call::{News, ProviderCallId},
    progress::{CallStatus, Report},
    store::CallStore,
    webhook::VerifiedWebhook,
};

pub const ROUTE: RouteSpec =
    RouteSpec::webhook("calls-voice-status", Method::POST, "/v1/webhooks/twilio/{tenant_id}/voice-status");

/// Twilio ends calls after a day at the latest.
const LONGEST_CALL_SECONDS: u32 = 24 * 60 * 60;

/// Where the provider reports the progress of `call`. The call's id stands in the URL, which is signed, because a report may
/// come before the provider has told us its own id.
#[must_use]
pub fn url(public_url: &str, tenant: &TenantId, call: &CallId) -> String {
    format!("{public_url}/v1/webhooks/twilio/{tenant}/voice-status?call_id={call}")
}

/// Takes a report of a call's progress. A repeated or late one is answered like the first and changes nothing.
pub async fn handle(app: &WebhookApp, claim: ClaimedTenant, request: Request) -> Result<Reply, Failure> {
    let webhook = VerifiedWebhook::verify(app, claim, &request).await?;
    let query = request.query(&["call_id", "bodySHA256"])?;
    let call = query.get("call_id").and_then(CallId::parse).ok_or(Failure::NotFound("call"))?;
    let news = news(&webhook)?;
    let scope = app.data.open(&webhook.tenant).await;
    CallStore::open(&scope).await?.learn(&call, &news, &*app.ambient).await?;
    Ok(Reply::no_content())
}

fn news(webhook: &VerifiedWebhook) -> Result<News, Failure> {
    let field = |name| webhook.field(name);
    let mut faults = Faults::default();
    let provider_call_id = field("CallSid").and_then(ProviderCallId::parse);
    if provider_call_id.is_none() {
        faults.add("CallSid", "invalid_value", "This is no call's SID.");
    }
    let status = field("CallStatus").and_then(CallStatus::parse);
    if status.is_none() {
        faults.add("CallStatus", "unknown_value", "This is no call's status.");
    }
    let duration = duration(field("CallDuration"), &mut faults);
    // RFC 2822 is what Twilio writes.
    let at = field("Timestamp").and_then(|text| {
        let time = parse_rfc2822(text);
        if time.is_none() {
            faults.add("Timestamp", "invalid_value", "This is no RFC 2822 time.");
        }
        time
    });
    faults.into_result()?;
    let report =
        status.map(|status| Report { status, at, duration_seconds: duration.filter(|_| status.is_final()) });
    Ok(News { provider_call_id, report })
}

fn duration(text: Option<&str>, faults: &mut Faults) -> Option<u32> {
    let seconds = text?.parse().ok().filter(|seconds| *seconds <= LONGEST_CALL_SECONDS);
    if seconds.is_none() {
        faults.add(
            "CallDuration",
            "out_of_range",
            format!("Expected whole seconds, at most {LONGEST_CALL_SECONDS}."),
        );
    }
    seconds
}

fn parse_rfc2822(text: &str) -> Option<UtcTime> {
    jiff::fmt::rfc2822::parse(text).ok().map(|time| UtcTime::from(time.timestamp()))
}

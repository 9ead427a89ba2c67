//! `POST /v1/webhooks/twilio/{tenant_id}/recording`

use kernel::{CallId, ClaimedTenant, Failure, Faults};
use lambda::{Method, Reply, Request, RouteSpec};
use outbox::RecordingReady;

use crate::{
    app::WebhookApp,
    call::{News, ProviderCallId},
    recorded::{ProviderRecordingId, Recording, RecordingKind, RecordingState},
    store::CallStore,
    voice_status::LONGEST_CALL_SECONDS,
    webhook::VerifiedWebhook,
};

pub const ROUTE: RouteSpec =
    RouteSpec::webhook("calls-recording", Method::POST, "/v1/webhooks/twilio/{tenant_id}/recording");

/// Takes the report that a call's recording is done, and has it fetched. A repeated or late one is answered like the first.
pub async fn handle(app: &WebhookApp, claim: ClaimedTenant, request: Request) -> Result<Reply, Failure> {
    take(app, claim, request, RecordingKind::Call).await
}

/// The same for either kind. The report has to be of the call's own first leg, to which the provider counts its recordings.
pub(crate) async fn take(
    app: &WebhookApp,
    claim: ClaimedTenant,
    request: Request,
    kind: RecordingKind,
) -> Result<Reply, Failure> {
    let webhook = VerifiedWebhook::verify(app, claim, &request).await?;
    let query = request.query(&["call_id", "bodySHA256"])?;
    let id = query.get("call_id").and_then(CallId::parse).ok_or(Failure::NotFound("call"))?;
    let leg = webhook.field("CallSid").and_then(ProviderCallId::parse);
    let leg = leg.ok_or_else(|| Failure::field("CallSid", "invalid_value", "This is no call's SID."))?;
    let state = match webhook.field("RecordingStatus") {
        Some("completed") => RecordingState::Processing,
        Some("absent" | "failed") => RecordingState::Absent,
        Some("in-progress") => return Ok(Reply::no_content()),
        _ => {
            let message = "This is no recording's status.";
            return Err(Failure::field("RecordingStatus", "unknown_value", message));
        }
    };
    let told = told_recording(&webhook, kind)?;
    let told = told.ok_or_else(|| Failure::field("RecordingSid", "required", "Which recording?"))?;
    let recording = Some(Recording { state, ..told });
    let scope = app.data.open(&webhook.tenant).await;
    let store = CallStore::open(&scope).await?;
    let news = News { provider_call_id: Some(leg), recording, ..News::default() };
    let call = store.learn(&id, &news, &*app.ambient).await?;
    let state = call.recorded.recording.as_ref().map(|recording| recording.state);
    if state == Some(RecordingState::Processing) {
        app.recordings()?.send_all(&[RecordingReady::new(&webhook.tenant, &id)]).await?;
    }
    Ok(Reply::no_content())
}

/// The recording that a webhook names, as the provider has it; `None` where it names none.
pub(crate) fn told_recording(
    webhook: &VerifiedWebhook,
    kind: RecordingKind,
) -> Result<Option<Recording>, Failure> {
    let Some(sid) = webhook.field("RecordingSid").filter(|sid| !sid.is_empty()) else { return Ok(None) };
    let mut faults = Faults::default();
    let provider_id = ProviderRecordingId::parse(sid);
    if provider_id.is_none() {
        faults.add("RecordingSid", "invalid_value", "This is no recording's SID.");
    }
    let duration = webhook.field("RecordingDuration").map(|text| {
        text.parse().ok().filter(|seconds| (-1..=i64::from(LONGEST_CALL_SECONDS)).contains(seconds))
    });
    if duration == Some(None) {
        let expected = format!("Expected whole seconds, at most {LONGEST_CALL_SECONDS}.");
        faults.add("RecordingDuration", "out_of_range", expected);
    }
    faults.into_result()?;
    // Twilio says -1 where it does not know.
    let duration_seconds = duration.flatten().and_then(|seconds| u32::try_from(seconds).ok());
    let recording = Recording::new(kind, RecordingState::Processing);
    Ok(Some(Recording { provider_id, duration_seconds, ..recording }))
}

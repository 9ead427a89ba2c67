//! `GET /v1/calls/{call_id}/recording`

use std::time::Duration;

use kernel::{Action, CallId, Caller, Failure, UtcTime};
use lambda::{Method, Reply, Request, RouteSpec};
use objects::Shown;
use serde::Serialize;

use crate::{
    app::App,
    call::Call,
    numbers::conflict,
    recorded::{ProviderRecordingId, RecordingState},
    store::{CallStore, RecordingAction},
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("calls-recording-get", Method::GET, "/v1/calls/{call_id}/recording", Action::ReadCalls);

/// Long enough to press play.
const LINK_SECONDS: u16 = 300;
pub(crate) const MEDIA_TYPE: &str = "audio/x-wav";

#[derive(Serialize)]
struct LinkView {
    url: String,
    expires_at: UtcTime,
    kind: &'static str,
    duration_seconds: Option<u32>,
    size_bytes: Option<u64>,
}

/// A link under which a call's recording, or the message that was left, can be heard for five minutes; that it was given out, and
/// to whom, is on record before it is. To whoever may see the call.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("call_id", "call", CallId::parse)?;
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    let store = CallStore::open(&scope).await?;
    let call = store.find_visible(&id, &caller).await?;
    let name = object_of(&call)?;
    let now = app.ambient.now();
    store.note_access(&id, &caller.user, RecordingAction::Linked, now).await?;
    let shown = Shown { content_type: MEDIA_TYPE, file_name: &format!("{id}.wav") };
    let lifetime = Duration::from_secs(LINK_SECONDS.into());
    let recording = call.recorded.recording.as_ref();
    let view = LinkView {
        url: app.objects(&scope)?.link(&name, lifetime, shown).await?,
        expires_at: now.plus_seconds(LINK_SECONDS.into()),
        kind: recording.map_or("call", |recording| recording.kind.as_str()),
        duration_seconds: recording.and_then(|recording| recording.duration_seconds),
        size_bytes: recording.and_then(|recording| recording.size_bytes),
    };
    Ok(Reply::ok(&view)?.versioned(call.version))
}

/// The name of the object that holds the call's recording. [`Failure::Conflict`] while it is on its way; [`Failure::NotFound`]
/// where there is none, or none any more.
pub(crate) fn object_of(call: &Call) -> Result<String, Failure> {
    let state = call.recorded.state(call.status());
    let named = call.recorded.recording.as_ref().and_then(|recording| recording.provider_id.as_ref());
    match (state, named) {
        (Some(RecordingState::Available), Some(recording)) => Ok(object_name(&call.id, recording)),
        (Some(state), _) if state.is_open() => {
            Err(conflict("recording_not_ready", "the recording is still on its way"))
        }
        _ => Err(Failure::NotFound("recording")),
    }
}

/// Within the tenant's objects.
pub(crate) fn object_name(call: &CallId, recording: &ProviderRecordingId) -> String {
    format!("recordings/{call}/{}.wav", recording.as_str())
}

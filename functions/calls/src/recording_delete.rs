//! `DELETE /v1/calls/{call_id}/recording`

use kernel::{Action, CallId, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use objects::Objects;

use crate::{
    app::App,
    call::News,
    recorded::{Recording, RecordingState},
    recording_get::object_of,
    store::{CallStore, RecordingAction},
};

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "calls-recording-delete",
    Method::DELETE,
    "/v1/calls/{call_id}/recording",
    Action::DeleteRecordings,
);

/// Removes a call's recording for good; the call stays, and says that there was one. Who removed it is on record before it is
/// gone. Where this breaks off, doing it again brings it to its end.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("call_id", "call", CallId::parse)?;
    request.query(&[])?;
    let version = request.if_match()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = CallStore::open(&scope).await?;
    let call = store.find_visible(&id, &caller).await?;
    let name = object_of(&call)?;
    if call.version != version {
        return Err(Failure::Stale);
    }
    store.note_access(&id, &caller.user, RecordingAction::Deleted, app.ambient.now()).await?;
    app.objects(&scope)?.delete(&name).await?;
    let deleted =
        call.recorded.recording.map(|recording| Recording { state: RecordingState::Deleted, ..recording });
    store.learn(&id, &News { recording: deleted, ..News::default() }, &*app.ambient).await?;
    Ok(Reply::no_content())
}

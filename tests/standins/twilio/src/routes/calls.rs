//! `/Calls.json` and `/Calls/{Sid}.json`.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{OriginalUri, Path, State},
    http::StatusCode,
};
use serde_json::Value;

use super::{About, Shared, body_form, json_sid, query_form};
use crate::{
    api_error::{ApiError, ApiResult},
    app::App,
    call::{Call, Command},
    call_request,
    call_status::CallStatus,
    engine,
    page::{self, DateFilter},
    progress,
};

type Created = (StatusCode, Extension<About>, Json<Value>);

pub async fn create(State(app): Shared, Path(account_sid): Path<String>, body: Bytes) -> ApiResult<Created> {
    let form = body_form(&body);
    let planned = app.state().scripts.take_failure(&account_sid, form.text("To").unwrap_or_default());
    if let Some(failure) = planned {
        app.clock.wait(failure.delay).await;
        return Err(failure.error);
    }
    let placement = {
        let mut state = app.state();
        let account = state.accounts.get_mut(&account_sid).ok_or_else(ApiError::unauthenticated)?;
        let mut placement = call_request::parse(&form, account)?;
        placement.queue_time = account.take_call_slot(app.clock).ok_or_else(ApiError::too_many_requests)?;
        placement
    };
    let (sid, _) = engine::place(&app, placement);
    let view = app.state().calls.get(&sid).map(Call::view).unwrap_or_default();
    Ok((StatusCode::CREATED, Extension(About(sid)), Json(view)))
}

pub async fn list(
    State(app): Shared,
    Path(account_sid): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Json<Value>> {
    let query = query_form(uri.query());
    let started = DateFilter::parse(&query, "StartTime")?;
    let ended = DateFilter::parse(&query, "EndTime")?;
    let is = |name: &str, value: Option<&str>| query.text(name).is_none_or(|wanted| Some(wanted) == value);
    let state = app.state();
    let rows: Vec<_> = state
        .calls
        .newest_first()
        .filter(|call| {
            call.account_sid == account_sid
                && is("To", Some(&call.to))
                && is("From", Some(&call.from))
                && is("Status", Some(call.status.resource_name()))
                && is("ParentCallSid", call.parent_call_sid.as_deref())
                && started.accepts(call.started_at)
                && ended.accepts(call.ended_at)
        })
        .collect();
    page::envelope(uri.path(), &query, "calls", &rows, Call::view).map(Json)
}

pub async fn fetch(
    State(app): Shared,
    Path((account_sid, file)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Json<Value>> {
    let sid = json_sid(&file, uri.path())?;
    view(&app, &account_sid, sid, uri.path()).map(Json)
}

/// `Status=completed` hangs up, `canceled` only while nobody has answered; `Url` or `Twiml` give a call in
/// progress other instructions.
pub async fn update(
    State(app): Shared,
    Path((account_sid, file)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> ApiResult<Json<Value>> {
    let form = body_form(&body);
    let sid = json_sid(&file, uri.path())?;
    let status = own(&app, &account_sid, sid, uri.path(), |call| call.status)?;
    let instructions = call_request::instructions(&form)?;
    match form.text("Status") {
        None => {}
        Some("completed") if status == CallStatus::InProgress => stop(&app, sid, CallStatus::Completed),
        Some("completed" | "canceled") if status == CallStatus::InProgress || status.is_final() => {}
        Some("completed" | "canceled") => stop(&app, sid, CallStatus::Canceled),
        Some(other) => {
            return Err(ApiError::refused(20001, format!("Status is not completed or canceled: {other}")));
        }
    }
    if let Some(instructions) = instructions {
        if status != CallStatus::InProgress {
            return Err(ApiError::refused(21220, "Call is not in-progress. Cannot redirect."));
        }
        own(&app, &account_sid, sid, uri.path(), |call| {
            call.commands.send(Command::Redirect(instructions)).ok()
        })?;
    }
    view(&app, &account_sid, sid, uri.path()).map(Json)
}

pub async fn delete(
    State(app): Shared,
    Path((account_sid, file)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<StatusCode> {
    let sid = json_sid(&file, uri.path())?;
    if !own(&app, &account_sid, sid, uri.path(), |call| call.status.is_final())? {
        return Err(ApiError::not_available("Call is in progress and cannot be deleted"));
    }
    app.state().calls.remove(sid);
    Ok(StatusCode::NO_CONTENT)
}

/// Writes the end at once, so that the answer shows it, and tells the running call.
fn stop(app: &std::sync::Arc<App>, sid: &str, last: CallStatus) {
    if progress::advance(app, sid, last)
        && let Some(call) = app.state().calls.get(sid)
    {
        // A call that has just ended by itself has no receiver any more.
        let _ = call.commands.send(Command::Stop);
    }
}

fn view(app: &App, account_sid: &str, sid: &str, path: &str) -> ApiResult<Value> {
    own(app, account_sid, sid, path, Call::view)
}

/// Reads something of the account's call; another account's does not exist.
pub fn own<T>(
    app: &App,
    account_sid: &str,
    sid: &str,
    path: &str,
    read: impl FnOnce(&Call) -> T,
) -> ApiResult<T> {
    let state = app.state();
    let call = state.calls.get(sid).filter(|call| call.account_sid == account_sid);
    call.map(read).ok_or_else(|| ApiError::not_found(path))
}

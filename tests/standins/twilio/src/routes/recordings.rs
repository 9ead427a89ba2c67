//! `/Recordings`, `/Calls/{CallSid}/Recordings` and the media behind them.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{OriginalUri, Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{About, Shared, body_form, calls, json_sid, query_form};
use crate::{
    api_error::{ApiError, ApiResult},
    app::App,
    call_request,
    call_status::CallStatus,
    page::{self, DateFilter},
    recording::{self, Recording, RecordingSource, RecordingStatus},
    recording_view, wav,
};

pub async fn list(
    State(app): Shared,
    Path(account_sid): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Json<Value>> {
    let query = query_form(uri.query());
    let created = DateFilter::parse(&query, "DateCreated")?;
    let call_sid = query.text("CallSid");
    let state = app.state();
    let rows: Vec<_> = state
        .recordings
        .newest_first()
        .filter(|row| row.account_sid == account_sid && call_sid.is_none_or(|sid| sid == row.call_sid))
        .filter(|row| created.accepts(Some(row.created_at)))
        .collect();
    page::envelope(uri.path(), &query, "recordings", &rows, |row| recording_view::under_account(&app, row))
        .map(Json)
}

pub async fn list_of_call(
    State(app): Shared,
    Path((account_sid, call_sid)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Json<Value>> {
    calls::own(&app, &account_sid, &call_sid, uri.path(), |_| ())?;
    let query = query_form(uri.query());
    let created = DateFilter::parse(&query, "DateCreated")?;
    let state = app.state();
    let rows: Vec<_> = state
        .recordings
        .newest_first()
        .filter(|row| row.call_sid == call_sid && created.accepts(Some(row.created_at)))
        .collect();
    page::envelope(uri.path(), &query, "recordings", &rows, recording_view::under_call).map(Json)
}

/// Starts to record a call in progress.
pub async fn start(
    State(app): Shared,
    Path((account_sid, call_sid)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> ApiResult<(StatusCode, Extension<About>, Json<Value>)> {
    let status = calls::own(&app, &account_sid, &call_sid, uri.path(), |call| call.status)?;
    let plan = call_request::recording_plan(&body_form(&body), RecordingSource::StartCallRecordingApi)?;
    if status != CallStatus::InProgress {
        let message = "Requested resource is not eligible for recording";
        return Err(ApiError::refused(21220, message));
    }
    let refused = || ApiError::refused(21220, "Requested resource is not eligible for recording");
    let sid = recording::start(&app, &account_sid, &call_sid, &call_sid, plan).ok_or_else(refused)?;
    let view = own(&app, &account_sid, &sid, uri.path(), recording_view::under_call)?;
    Ok((StatusCode::CREATED, Extension(About(sid)), Json(view)))
}

/// The JSON of a recording, or its media for `.wav` and for no extension at all.
pub async fn fetch(
    State(app): Shared,
    Path((account_sid, file)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    if let Some(sid) = file.strip_suffix(".json") {
        let view = own(&app, &account_sid, sid, uri.path(), |row| recording_view::under_account(&app, row))?;
        return Ok(Json(view).into_response());
    }
    let sid = file.strip_suffix(".wav").unwrap_or(&file);
    let (status, seconds, channels, leg) = own(&app, &account_sid, sid, uri.path(), |row| {
        (row.status, row.duration, row.channels(), row.leg_sid.clone())
    })?;
    let planned = {
        let mut state = app.state();
        let to = state.calls.get(&leg).map(|call| call.to.clone()).unwrap_or_default();
        state.scripts.take_media_failure(&account_sid, &to)
    };
    if let Some(failure) = planned {
        app.clock.wait(failure.delay).await;
        return Err(failure.error);
    }
    match seconds {
        Some(0) if status == RecordingStatus::Completed => {
            Ok(([(header::CONTENT_TYPE, "audio/x-wav")], Vec::new()).into_response())
        }
        Some(seconds) if status == RecordingStatus::Completed => {
            Ok(([(header::CONTENT_TYPE, "audio/x-wav")], wav::render(seconds, channels)).into_response())
        }
        _ => Err(ApiError::not_found(uri.path())),
    }
}

pub async fn fetch_of_call(
    State(app): Shared,
    Path((account_sid, call_sid, file)): Path<(String, String, String)>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Json<Value>> {
    let sid = of_call(&app, &account_sid, &call_sid, &file, uri.path())?;
    own(&app, &account_sid, sid, uri.path(), recording_view::under_call).map(Json)
}

/// `Status`: paused, in-progress or stopped.
pub async fn update(
    State(app): Shared,
    Path((account_sid, call_sid, file)): Path<(String, String, String)>,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> ApiResult<Json<Value>> {
    let sid = of_call(&app, &account_sid, &call_sid, &file, uri.path())?;
    let done = match body_form(&body).text("Status") {
        Some("stopped") => recording::stop(&app, sid),
        Some("paused") => recording::set_paused(&app, sid, true),
        Some("in-progress") => recording::set_paused(&app, sid, false),
        _ => return Err(ApiError::refused(20001, "Status is not stopped, paused or in-progress")),
    };
    if !done {
        return Err(ApiError::refused(21220, "Requested resource is not eligible for recording"));
    }
    own(&app, &account_sid, sid, uri.path(), recording_view::under_call).map(Json)
}

pub async fn delete(
    State(app): Shared,
    Path((account_sid, file)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<StatusCode> {
    let sid = json_sid(&file, uri.path())?;
    remove(&app, &account_sid, sid, uri.path())
}

pub async fn delete_of_call(
    State(app): Shared,
    Path((account_sid, call_sid, file)): Path<(String, String, String)>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<StatusCode> {
    let sid = of_call(&app, &account_sid, &call_sid, &file, uri.path())?;
    remove(&app, &account_sid, sid, uri.path())
}

fn remove(app: &App, account_sid: &str, sid: &str, path: &str) -> ApiResult<StatusCode> {
    if own(app, account_sid, sid, path, Recording::is_running)? {
        return Err(ApiError::not_available("Recording is in progress and cannot be deleted"));
    }
    app.state().recordings.remove(sid);
    Ok(StatusCode::NO_CONTENT)
}

/// The sid in `file`, once it is known to be a recording of that call.
fn of_call<'a>(
    app: &App,
    account_sid: &str,
    call_sid: &str,
    file: &'a str,
    path: &str,
) -> ApiResult<&'a str> {
    let sid = json_sid(file, path)?;
    let belongs = own(app, account_sid, sid, path, |row| row.call_sid == call_sid)?;
    if belongs { Ok(sid) } else { Err(ApiError::not_found(path)) }
}

fn own<T>(
    app: &App,
    account_sid: &str,
    sid: &str,
    path: &str,
    read: impl FnOnce(&Recording) -> T,
) -> ApiResult<T> {
    let state = app.state();
    let row = state.recordings.get(sid).filter(|row| row.account_sid == account_sid);
    row.map(read).ok_or_else(|| ApiError::not_found(path))
}

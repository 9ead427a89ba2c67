//! The HTTP surface: Twilio's REST API below `/2010-04-01`, the control interface below `/_control`.

mod calls;
mod control;
mod inbound;
mod messages;
mod recordings;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderValue, Method},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::time::Instant;

use crate::{
    api_error::{ApiError, ApiResult},
    app::App,
    auth,
    form::{self, Form},
    journal::{Entry, EntryKind},
};

/// Far more than any form Twilio takes.
const LARGEST_BODY: usize = 256 * 1024;

pub type Shared = State<Arc<App>>;

pub fn router(app: Arc<App>) -> Router {
    let account = Router::new()
        .route("/Calls.json", get(calls::list).post(calls::create))
        .route("/Calls/{file}", get(calls::fetch).post(calls::update).delete(calls::delete))
        .route("/Calls/{call_sid}/Recordings.json", get(recordings::list_of_call).post(recordings::start))
        .route(
            "/Calls/{call_sid}/Recordings/{file}",
            get(recordings::fetch_of_call).post(recordings::update).delete(recordings::delete_of_call),
        )
        .route("/Messages.json", get(messages::list).post(messages::create))
        .route("/Messages/{file}", get(messages::fetch).post(messages::update).delete(messages::delete))
        .route("/Recordings.json", get(recordings::list))
        .route("/Recordings/{file}", get(recordings::fetch).delete(recordings::delete));
    let control = Router::new()
        .route("/accounts", post(control::register))
        .route("/limit", post(control::limit))
        .route("/script", post(control::script))
        .route("/reset", post(control::reset))
        .route("/log", get(control::log))
        .route("/answer", post(control::answer))
        .route("/hang-up", post(control::hang_up))
        .route("/inbound-call", post(inbound::call))
        .route("/inbound-sms", post(inbound::sms));
    Router::new()
        .nest("/2010-04-01/Accounts/{account_sid}", account)
        .nest("/_control", control)
        .fallback(unknown)
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() })
        .layer(middleware::from_fn_with_state(Arc::clone(&app), gate))
        .with_state(app)
}

async fn unknown(request: Request) -> ApiError {
    ApiError::not_found(request.uri().path())
}

/// Authenticates and journals every request to the REST API, known route or not.
async fn gate(State(app): Shared, request: Request, next: Next) -> Response {
    let Some(account_sid) = account_of(request.uri().path()) else { return next.run(request).await };
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        return ApiError::refused(20001, "The body is too large").into_response();
    };
    let mut entry = Entry::new(EntryKind::Request, app.clock.now(), &account_sid);
    entry.method = parts.method.to_string();
    entry.url = parts.uri.to_string();
    let form = if parts.method == Method::POST { Form::parse(&body) } else { Form::default() };
    entry.params = form::as_json(form.pairs());
    let mut response = match auth::authenticate(&app, &account_sid, &parts.headers) {
        Ok(()) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(refusal) => refusal.into_response(),
    };
    entry.status = Some(response.status().as_u16());
    entry.resource_sid = response.extensions_mut().remove::<About>().map(|about| about.0);
    entry.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    app.journal.add(entry);
    if let Ok(id) = HeaderValue::from_str(&app.sids.next("RQ")) {
        response.headers_mut().insert("Twilio-Request-Id", id);
    }
    response
}

/// The sid a response is about, for the journal.
#[derive(Clone)]
pub struct About(pub String);

/// The account of a REST path; None for the control interface and what is nobody's.
fn account_of(path: &str) -> Option<String> {
    let rest = path.strip_prefix("/2010-04-01/Accounts/")?;
    let segment = rest.split('/').next()?;
    Some(segment.trim_end_matches(".json").to_owned())
}

/// The sid in the last segment, which must end in `.json`.
pub fn json_sid<'a>(file: &'a str, path: &str) -> ApiResult<&'a str> {
    file.strip_suffix(".json").ok_or_else(|| ApiError::not_found(path))
}

/// The form of a POST. Twilio reads forms only; whatever else comes has none of its parameters.
pub fn body_form(body: &Bytes) -> Form {
    Form::parse(body)
}

pub fn query_form(query: Option<&str>) -> Form {
    Form::parse(query.unwrap_or_default().as_bytes())
}

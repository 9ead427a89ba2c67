//! `/_control`: what tests and tools may do that Twilio's customers cannot.

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::time::{self, Duration};
use url::form_urlencoded;

use super::Shared;
use crate::{account::AccountRegistration, app::App, call::Command, journal::Filter, script::Script};

const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// A refusal of the control interface: `{error}` with what is wrong and where.
pub struct ControlError(pub StatusCode, pub String);

pub type ControlResult = Result<Json<Value>, ControlError>;

impl ControlError {
    pub fn bad(message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, message.into())
    }

    pub fn unknown(message: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, message.into())
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

/// Reads a JSON body; the error names the place, and an unknown field is one.
pub fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, ControlError> {
    let mut input = serde_json::Deserializer::from_slice(body);
    let value =
        serde_path_to_error::deserialize(&mut input).map_err(|error| ControlError::bad(error.to_string()))?;
    input.end().map_err(|error| ControlError::bad(error.to_string()))?;
    Ok(value)
}

pub async fn register(State(app): Shared, body: Bytes) -> ControlResult {
    let input: AccountRegistration = parse(&body)?;
    let sid = input.sid.clone();
    app.register(input).map_err(ControlError::bad)?;
    let state = app.state();
    let account = state.accounts.get(&sid).ok_or_else(|| ControlError::unknown("the account is gone"))?;
    Ok(Json(json!({
        "sid": account.sid,
        "numbers": account.numbers,
        "api_keys": account.api_keys.iter().map(|key| &key.sid).collect::<Vec<_>>(),
        "calls_per_second": account.calls_per_second,
        "registered_at": account.created_at,
    })))
}

pub async fn script(State(app): Shared, body: Bytes) -> ControlResult {
    let script: Script = parse(&body)?;
    script.validate().map_err(ControlError::bad)?;
    app.state().scripts.set(script);
    Ok(Json(json!({"ok": true})))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Reset {
    account_sid: Option<String>,
    /// Empties the log too, for everybody.
    log: bool,
}

/// Forgets scripts and opt-outs; accounts, calls and messages stay.
pub async fn reset(State(app): Shared, body: Bytes) -> ControlResult {
    let reset: Reset = if body.is_empty() { Reset::default() } else { parse(&body)? };
    if reset.log {
        app.journal.forget();
    }
    let mut state = app.state();
    state.scripts.forget(reset.account_sid.as_deref());
    let account = reset.account_sid.as_ref().and_then(|sid| state.accounts.get(sid));
    let own = account.map(|account| account.numbers.clone());
    let is_own = |number: &str| own.iter().flatten().any(|own| own.phone_number == number);
    state.opt_outs.retain(|(number, _)| reset.account_sid.is_some() && !is_own(number));
    Ok(Json(json!({"ok": true})))
}

/// `?account_sid=&resource_sid=&kind=&after=&wait_ms=`
pub async fn log(State(app): Shared, RawQuery(query): RawQuery) -> ControlResult {
    let filter = parse_filter(query.as_deref().unwrap_or_default())?;
    let deadline = time::Instant::now() + Duration::from_millis(filter.wait_ms).min(LONGEST_WAIT);
    let mut news = app.journal.watch();
    loop {
        news.borrow_and_update();
        let entries = app.journal.read(&filter);
        let out_of_time = time::Instant::now() >= deadline;
        if !entries.is_empty() || out_of_time || time::timeout_at(deadline, news.changed()).await.is_err() {
            let last = entries.last().map_or(filter.after, |entry| entry.seq);
            return Ok(Json(json!({"entries": entries, "last_seq": last})));
        }
    }
}

fn parse_filter(query: &str) -> Result<Filter, ControlError> {
    let mut object = serde_json::Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = match &*name {
            "after" | "wait_ms" => value
                .parse::<u64>()
                .map(Value::from)
                .map_err(|_| ControlError::bad(format!("{name}: expected a whole number")))?,
            _ => Value::from(&*value),
        };
        object.insert(name.into_owned(), value);
    }
    serde_json::from_value(Value::Object(object)).map_err(|error| ControlError::bad(error.to_string()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    account_sid: String,
    calls_per_second: u32,
}

/// Changes how many calls a second an account may start.
pub async fn limit(State(app): Shared, body: Bytes) -> ControlResult {
    let input: Limit = parse(&body)?;
    if input.calls_per_second == 0 {
        return Err(ControlError::bad("calls_per_second: expected at least 1"));
    }
    let mut state = app.state();
    let account = state.accounts.get_mut(&input.account_sid);
    let account = account.ok_or_else(|| ControlError::unknown("account_sid: no such account"))?;
    account.calls_per_second = input.calls_per_second;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallRef {
    call_sid: String,
}

/// The called party picks up.
pub async fn answer(State(app): Shared, body: Bytes) -> ControlResult {
    command(&app, &parse(&body)?, Command::Answer)
}

/// The other party hangs up, or declines a call that rings.
pub async fn hang_up(State(app): Shared, body: Bytes) -> ControlResult {
    command(&app, &parse(&body)?, Command::HangUp)
}

fn command(app: &App, target: &CallRef, command: Command) -> ControlResult {
    let state = app.state();
    let call =
        state.calls.get(&target.call_sid).ok_or_else(|| ControlError::unknown("there is no such call"))?;
    if call.status.is_final() || call.commands.send(command).is_err() {
        return Err(ControlError(
            StatusCode::CONFLICT,
            format!("the call has ended: {}", call.status.name()),
        ));
    }
    Ok(Json(json!({"call_sid": call.sid, "status": call.status.name()})))
}

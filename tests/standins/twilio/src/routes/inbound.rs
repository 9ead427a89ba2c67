//! `/_control/inbound-call` and `/_control/inbound-sms`: somebody calls or writes to one of an account's numbers.

use std::sync::Arc;

use axum::{Json, body::Bytes, extract::State};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Duration;

use super::{
    Shared,
    control::{ControlError, ControlResult, parse},
};
use crate::{
    account::OwnNumber,
    app::App,
    call::{CallbackPlan, Direction},
    call_status::CallEvent,
    engine::{self, Placement},
    instructions::{Fetch, Instructions},
    message::{Message, MessageStatus},
    numbers::is_e164,
    sms,
    webhook::Method,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InboundCall {
    /// Whose number it is; the first account that has it without one.
    account_sid: Option<String>,
    to: String,
    from: String,
    /// The caller hangs up after this long; at `/_control/hang-up` or with the instructions without it.
    talk_ms: Option<u64>,
}

/// Rings the number: its `voice_url` is asked, its `status_callback` told of the end.
pub async fn call(State(app): Shared, body: Bytes) -> ControlResult {
    let input: InboundCall = parse(&body)?;
    let (account_sid, number) = owner(&app, input.account_sid.as_deref(), &input.to, &input.from)?;
    let url = number.voice_url.ok_or_else(|| ControlError::bad("to: the number has no voice_url"))?;
    let placement = Placement {
        account_sid: account_sid.clone(),
        to: input.to,
        from: input.from,
        parent_call_sid: None,
        direction: Direction::Inbound,
        callbacks: number.status_callback.map(|url| CallbackPlan {
            url,
            method: Method::Post,
            events: vec![CallEvent::Completed],
        }),
        instructions: Some(Instructions::Fetch(Fetch {
            url,
            method: Method::Post,
            fallback_url: number.voice_fallback_url,
            extra: Vec::new(),
        })),
        ring_limit: Duration::from_mins(1),
        time_limit: None,
        queue_time: Duration::ZERO,
        recording: None,
        whisper: None,
        talk: input.talk_ms.map(Duration::from_millis),
    };
    let (sid, _) = engine::place(&app, placement);
    Ok(Json(json!({"call_sid": sid, "account_sid": account_sid})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InboundSms {
    /// Whose number it is; the first account that has it without one.
    account_sid: Option<String>,
    to: String,
    from: String,
    body: String,
}

/// Delivers the text to the number's `sms_url`, once accepted by the server; the log tells how that went.
pub async fn sms(State(app): Shared, body: Bytes) -> ControlResult {
    let input: InboundSms = parse(&body)?;
    let (account_sid, number) = owner(&app, input.account_sid.as_deref(), &input.to, &input.from)?;
    let now = app.clock.now();
    let message = Message {
        sid: app.sids.next("SM"),
        account_sid: account_sid.clone(),
        messaging_service_sid: None,
        to: input.to,
        from: Some(input.from),
        body: input.body,
        media: 0,
        direction: "inbound",
        status: MessageStatus::Received,
        created_at: now,
        updated_at: now,
        sent_at: Some(now),
    };
    let sid = message.sid.clone();
    tokio::spawn(async move { sms::receive(&app, message, number.sms_url).await });
    Ok(Json(json!({"message_sid": sid, "account_sid": account_sid})))
}

/// Whose number it is.
fn owner(
    app: &Arc<App>,
    sid: Option<&str>,
    to: &str,
    from: &str,
) -> Result<(String, OwnNumber), ControlError> {
    if !is_e164(from) {
        return Err(ControlError::bad("from: expected E.164"));
    }
    let state = app.state();
    let mut asked = state.accounts.values().filter(|account| sid.is_none_or(|sid| account.sid == sid));
    let found = asked.find_map(|account| {
        let number = account.numbers.iter().find(|number| number.phone_number == to)?;
        Some((account.sid.clone(), number.clone()))
    });
    found.ok_or_else(|| ControlError::unknown("to: no account has this number"))
}

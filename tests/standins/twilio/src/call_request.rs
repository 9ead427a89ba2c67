//! The parameters of `POST Calls.json`, parsed and refused as Twilio does.

use tokio::time::Duration;

use crate::{
    account::{Account, is_web_url},
    api_error::{ApiError, ApiResult},
    call::{CallbackPlan, Direction},
    call_status::CallEvent,
    engine::Placement,
    form::Form,
    instructions::{Fetch, Instructions},
    numbers,
    recording::{RecordingPlan, RecordingSource},
    webhook::Method,
};

const LONGEST_RING: u64 = 600;
const DEFAULT_RING: u64 = 60;

/// A call as the request describes it; the caller adds the wait in the queue.
pub fn parse(form: &Form, account: &Account) -> ApiResult<Placement> {
    let to = form.text("To").ok_or_else(|| ApiError::refused(21201, "No 'To' number is specified"))?;
    let from = form.text("From").ok_or_else(|| ApiError::refused(21213, "No 'From' number is specified"))?;
    if let Some(refusal) = numbers::magic_call_refusal(to, from) {
        return Err(refusal);
    }
    if !numbers::is_dialable(to) {
        return Err(numbers::invalid_to(to));
    }
    if !numbers::is_e164(from) && !from.starts_with("client:") {
        return Err(numbers::invalid_from(from));
    }
    if from != numbers::MAGIC_VALID && !account.owns(from) {
        return Err(numbers::unverified_from(from));
    }
    let instructions =
        instructions(form)?.ok_or_else(|| ApiError::refused(21205, "Url parameter is required"))?;
    let ring_limit = whole_number(form, "Timeout")?.unwrap_or(DEFAULT_RING).min(LONGEST_RING);
    Ok(Placement {
        account_sid: account.sid.clone(),
        to: to.to_owned(),
        from: from.to_owned(),
        parent_call_sid: None,
        direction: Direction::OutboundApi,
        callbacks: callback_plan(form)?,
        instructions: Some(instructions),
        ring_limit: Duration::from_secs(ring_limit),
        time_limit: whole_number(form, "TimeLimit")?.map(Duration::from_secs),
        queue_time: Duration::ZERO,
        recording: (form.text("Record") == Some("true"))
            .then(|| recording_plan(form, RecordingSource::OutboundApi))
            .transpose()?,
        whisper: None,
        talk: None,
    })
}

/// `Twiml` or `Url`, of a new call or of one that is to go on otherwise.
pub fn instructions(form: &Form) -> ApiResult<Option<Instructions>> {
    if let Some(xml) = form.owned("Twiml") {
        return Ok(Some(Instructions::Inline(xml)));
    }
    let Some(url) = form.owned("Url") else { return Ok(None) };
    if !is_web_url(&url) {
        return Err(ApiError::refused(21205, format!("Url is not a valid URL: {url}")));
    }
    Ok(Some(Instructions::Fetch(Fetch {
        url,
        method: method(form, "Method")?,
        fallback_url: form.owned("FallbackUrl"),
        extra: Vec::new(),
    })))
}

pub fn callback_plan(form: &Form) -> ApiResult<Option<CallbackPlan>> {
    let Some(url) = form.owned("StatusCallback") else { return Ok(None) };
    if !is_web_url(&url) {
        return Err(ApiError::refused(21609, format!("The 'StatusCallback' URL {url} is not a valid URL.")));
    }
    let mut events = Vec::new();
    for name in form.words("StatusCallbackEvent") {
        let event = CallEvent::parse(name)
            .ok_or_else(|| ApiError::refused(21626, format!("Invalid status callback event: {name}")))?;
        events.push(event);
    }
    if events.is_empty() {
        events.push(CallEvent::Completed);
    }
    Ok(Some(CallbackPlan { url, method: method(form, "StatusCallbackMethod")?, events }))
}

pub fn recording_plan(form: &Form, source: RecordingSource) -> ApiResult<RecordingPlan> {
    let dual_channel = form.text("RecordingChannels") == Some("dual");
    let mut plan = RecordingPlan::completed_only(source, dual_channel, form.owned("RecordingStatusCallback"));
    if let Some(url) = plan.callback_url.as_ref().filter(|url| !is_web_url(url)) {
        return Err(ApiError::refused(
            21609,
            format!("The 'RecordingStatusCallback' URL {url} is not a valid URL."),
        ));
    }
    plan.callback_method = method(form, "RecordingStatusCallbackMethod")?;
    if let Some(track) = form.text("RecordingTrack") {
        track.clone_into(&mut plan.track);
    }
    let events = form.words("RecordingStatusCallbackEvent");
    if !events.is_empty() {
        plan.events = events.into_iter().map(str::to_owned).collect();
    }
    Ok(plan)
}

fn method(form: &Form, name: &str) -> ApiResult<Method> {
    let Some(text) = form.text(name) else { return Ok(Method::Post) };
    Method::parse(text).ok_or_else(|| ApiError::refused(21209, format!("{name} is not GET or POST: {text}")))
}

fn whole_number(form: &Form, name: &str) -> ApiResult<Option<u64>> {
    let refused = |text| ApiError::refused(20001, format!("{name} is not a whole number: {text}"));
    form.text(name).map(|text| text.parse().map_err(|_| refused(text))).transpose()
}

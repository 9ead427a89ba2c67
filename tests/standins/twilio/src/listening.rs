//! `<Record>` and `<Gather>`: the verbs that wait for the other side.

use std::sync::Arc;

use tokio::time::Duration;

use crate::{
    app::App,
    instructions::{Document, Fetch, Instructions},
    journal::EntryKind,
    recording::{self, RecordingPlan, RecordingSource},
    twiml::{Gather, Record},
    webhook::{self, Method, Webhook},
};

/// As at Twilio, where the instruction names none.
const LONGEST_RECORDING_SECONDS: u64 = 3600;
const PATIENCE_SECONDS: u64 = 5;

/// Records what the caller says for as long as its script says it speaks; gives back where `action` leads. Where the caller hangs
/// up meanwhile, `action` is told so, and nobody hears its answer.
pub async fn record(
    app: &Arc<App>,
    call_sid: &str,
    record: &Record,
    document: &Document,
) -> Option<Instructions> {
    let (account, speaks) = {
        let state = app.state();
        (state.calls.get(call_sid)?.account_sid.clone(), state.script_of(call_sid).voicemail())
    };
    let callback = record.recording_callback.as_ref().map(|url| document.resolve(url));
    let plan = RecordingPlan::completed_only(RecordingSource::RecordVerb, false, callback);
    let sid = recording::start(app, &account, call_sid, call_sid, plan.telling(&record.recording_events));
    let action = record.action.as_ref().map(|url| Fetch {
        method: record.method.as_deref().and_then(Method::parse).unwrap_or_default(),
        ..Fetch::of(document.resolve(url))
    });
    let mut hang_up =
        HangUp { app: Arc::clone(app), call: call_sid.to_owned(), recording: sid.clone(), action };
    let longest = Duration::from_secs(record.max_length.unwrap_or(LONGEST_RECORDING_SECONDS));
    app.clock.wait(speaks.min(longest)).await;
    if let Some(sid) = &sid {
        recording::stop(app, sid);
    }
    let fetch = hang_up.action.take()?;
    Some(Instructions::Fetch(Fetch { extra: outcome(app, sid.as_deref(), ""), ..fetch }))
}

/// Tells `action` of a caller who is gone before the recording was over.
struct HangUp {
    app: Arc<App>,
    call: String,
    recording: Option<String>,
    action: Option<Fetch>,
}

impl Drop for HangUp {
    fn drop(&mut self) {
        let Some(fetch) = self.action.take() else { return };
        let (app, call, recording) = (Arc::clone(&self.app), self.call.clone(), self.recording.clone());
        tokio::spawn(async move {
            if let Some(sid) = &recording {
                recording::stop(&app, sid);
            }
            let (account_sid, mut params) = {
                let state = app.state();
                let Some(call) = state.calls.get(&call) else { return };
                let mut params = call.webhook_params();
                // By the time the request is read the call is over, whatever its state says in this moment.
                params.retain(|(name, _)| name != "CallStatus");
                params.push(("CallStatus".to_owned(), "completed".to_owned()));
                (call.account_sid.clone(), params)
            };
            params.extend(outcome(&app, recording.as_deref(), "hangup"));
            let webhook = Webhook {
                kind: EntryKind::Webhook,
                account_sid,
                resource_sid: call,
                url: fetch.url,
                method: fetch.method,
                params,
            };
            // Every attempt is in the journal; the caller is gone.
            let _ = webhook::send(&app, &webhook).await;
        });
    }
}

/// What the request to `action` says beyond the call.
fn outcome(app: &App, recording: Option<&str>, digits: &str) -> Vec<(String, String)> {
    let state = app.state();
    let recording = recording.and_then(|sid| state.recordings.get(sid));
    let mut params = recording.map(|recording| recording.url_params(app)).unwrap_or_default();
    params.push(("Digits".to_owned(), digits.to_owned()));
    params
}

/// Waits for keys; gives back where `action` leads, or nothing where none are pressed.
pub async fn gather(
    app: &Arc<App>,
    call_sid: &str,
    gather: &Gather,
    document: &Document,
) -> Option<Instructions> {
    let digits = app.state().script_of(call_sid).digits;
    let Some(digits) = digits else {
        app.clock.wait(Duration::from_secs(gather.timeout.unwrap_or(PATIENCE_SECONDS))).await;
        return None;
    };
    let method = gather.method.as_deref().and_then(Method::parse).unwrap_or_default();
    let url = document.resolve(gather.action.as_ref()?);
    let extra = vec![("Digits".to_owned(), digits)];
    Some(Instructions::Fetch(Fetch { method, extra, ..Fetch::of(url) }))
}

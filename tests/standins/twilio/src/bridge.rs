//! `<Dial>`: a second leg that ends with the first.

use std::sync::Arc;

use tokio::time::Duration;

use crate::{
    app::App,
    call::{CallbackPlan, Command, Direction},
    call_status::CallEvent,
    engine::{self, Placement},
    instructions::{Document, Fetch, Instructions, note},
    numbers,
    recording::{RecordingPlan, RecordingSource},
    twiml::{Dial, Target},
    webhook::Method,
};

/// Rings the target and returns when that leg has ended: the instructions of `action`, or None to go on with
/// the next verb.
pub async fn dial(app: &Arc<App>, parent: &str, dial: &Dial, document: &Document) -> Option<Instructions> {
    let mut placements = Vec::new();
    for target in &dial.targets {
        match placement(app, parent, dial, target, document) {
            Ok(placement) => placements.push(placement),
            Err(reason) => note(app, parent, reason),
        }
    }
    if dial.targets.is_empty() {
        note(app, parent, "<Dial> has nobody to ring".to_owned());
    }
    let outcome = if placements.is_empty() {
        vec![("DialCallStatus".to_owned(), "failed".to_owned())]
    } else {
        ring(app, placements).await
    };
    let action = dial.action.as_ref()?;
    let method = dial.method.as_deref().and_then(Method::parse).unwrap_or_default();
    let url = document.resolve(action);
    Some(Instructions::Fetch(Fetch { method, extra: outcome, ..Fetch::of(url) }))
}

/// Rings all at once. The first to answer is connected, and the rest stop ringing.
async fn ring(app: &Arc<App>, placements: Vec<Placement>) -> Vec<(String, String)> {
    let mut stirring = app.stirring.subscribe();
    let (sids, legs): (Vec<_>, Vec<_>) =
        placements.into_iter().map(|placement| engine::place(app, placement)).unzip();
    let ties: Vec<_> = sids.iter().map(|sid| Tie { app: Arc::clone(app), sid: sid.clone() }).collect();
    let answered = loop {
        match ringing(app, &sids) {
            Ringing::AnsweredBy(sid) => break Some(sid),
            Ringing::Ended => break None,
            Ringing::Still => {}
        }
        if stirring.changed().await.is_err() {
            break None;
        }
    };
    let sid = answered.unwrap_or_else(|| sids.first().cloned().unwrap_or_default());
    if sids.contains(&sid) {
        let state = app.state();
        let others = sids.iter().filter(|other| **other != sid);
        for call in others.filter_map(|other| state.calls.get(other)) {
            // An ended leg has no receiver any more.
            let _ = call.commands.send(Command::Stop);
        }
    }
    for leg in legs {
        // A leg that panicked has ended too.
        let _ = leg.await;
    }
    drop(ties);
    let state = app.state();
    let Some(call) = state.calls.get(&sid) else { return Vec::new() };
    let mut outcome = vec![
        ("DialCallSid".to_owned(), sid.clone()),
        ("DialCallStatus".to_owned(), call.status.name().to_owned()),
    ];
    if let Some(seconds) = call.duration {
        outcome.push(("DialCallDuration".to_owned(), seconds.to_string()));
    }
    let recording = state.recordings.newest_first().find(|row| row.leg_sid == sid);
    outcome.extend(recording.into_iter().flat_map(|row| row.url_params(app)));
    outcome
}

/// How far ringing several at once has come.
enum Ringing {
    Still,
    /// The leg that answered first.
    AnsweredBy(String),
    /// All have ended, and nobody has answered.
    Ended,
}

fn ringing(app: &App, sids: &[String]) -> Ringing {
    let state = app.state();
    let calls = || sids.iter().filter_map(|sid| state.calls.get(sid));
    let first = calls().filter_map(|call| Some((call.answered?, &call.sid))).min();
    match first {
        Some((_, sid)) => Ringing::AnsweredBy(sid.clone()),
        None if calls().all(|call| call.status.is_final()) => Ringing::Ended,
        None => Ringing::Still,
    }
}

/// Ends the dialed leg when the dialing one goes away, however it does.
struct Tie {
    app: Arc<App>,
    sid: String,
}

impl Drop for Tie {
    fn drop(&mut self) {
        let state = self.app.state();
        if let Some(call) = state.calls.get(&self.sid) {
            // An ended leg has no receiver any more.
            let _ = call.commands.send(Command::Stop);
        }
    }
}

/// The error is what Twilio's debugger would say.
fn placement(
    app: &App,
    parent: &str,
    dial: &Dial,
    target: &Target,
    document: &Document,
) -> Result<Placement, String> {
    if !numbers::is_dialable(&target.address) {
        return Err(format!("13224: {} is not a valid phone number", target.address));
    }
    let state = app.state();
    let call = state.calls.get(parent).ok_or("the call is gone")?;
    let account = state.accounts.get(&call.account_sid).ok_or("the account is gone")?;
    if let Some(caller_id) = dial.caller_id.as_ref()
        && ![&call.from, &call.to].contains(&caller_id)
        && !account.owns(caller_id)
        && caller_id != numbers::MAGIC_VALID
    {
        return Err(format!("13214: invalid callerId {caller_id}"));
    }
    let source = RecordingSource::DialVerb;
    let callback = dial.recording_callback.as_ref().map(|url| document.resolve(url));
    Ok(Placement {
        account_sid: call.account_sid.clone(),
        to: target.address.clone(),
        from: dial.caller_id.clone().unwrap_or_else(|| call.from.clone()),
        parent_call_sid: Some(parent.to_owned()),
        direction: Direction::OutboundDial,
        callbacks: callback_plan(target, document),
        instructions: None,
        ring_limit: Duration::from_secs(dial.timeout.unwrap_or(30)),
        time_limit: dial.time_limit.map(Duration::from_secs),
        queue_time: Duration::ZERO,
        recording: dial.records.then(|| {
            let plan = RecordingPlan::completed_only(source, dial.dual_channel, callback);
            plan.telling(&dial.recording_events)
        }),
        whisper: target.url.as_ref().map(|url| Instructions::Fetch(Fetch::of(document.resolve(url)))),
        talk: None,
    })
}

fn callback_plan(target: &Target, document: &Document) -> Option<CallbackPlan> {
    let url = document.resolve(target.status_callback.as_ref()?);
    let method = target.status_callback_method.as_deref().and_then(Method::parse).unwrap_or_default();
    let mut events: Vec<_> =
        target.status_callback_events.iter().filter_map(|event| CallEvent::parse(event)).collect();
    if events.is_empty() {
        events.push(CallEvent::Completed);
    }
    Some(CallbackPlan { url, method, events })
}

//! A call as the API shows it.

use kernel::UtcTime;
use serde::Serialize;

use crate::call::{Call, ProviderCallId};

#[derive(Serialize)]
pub struct CallView {
    id: String,
    contact_id: Option<String>,
    user_id: Option<String>,
    direction: &'static str,
    mode: &'static str,
    status: &'static str,
    disposition: Option<&'static str>,
    outcome: Option<&'static str>,
    note: Option<String>,
    remote_phone: Option<String>,
    local_phone: Option<String>,
    provider_call_id: Option<String>,
    dialed_at: UtcTime,
    answered_at: Option<UtcTime>,
    completed_at: Option<UtcTime>,
    duration_seconds: Option<u32>,
    legs: Vec<LegView>,
    recording: Option<RecordingView>,
    consent: Option<ConsentView>,
    version: i64,
    created_at: UtcTime,
    updated_at: UtcTime,
}

/// How the recording of the call, or the message that was left, stands.
#[derive(Serialize)]
struct RecordingView {
    kind: &'static str,
    status: &'static str,
    duration_seconds: Option<u32>,
    size_bytes: Option<u64>,
}

/// What the other side was told about recording, and what it answered.
#[derive(Serialize)]
struct ConsentView {
    policy: &'static str,
    script_version: u16,
    disclosed_at: UtcTime,
    answer: &'static str,
}

/// One leg; those that hang on the call's first are its children.
#[derive(Serialize)]
struct LegView {
    provider_call_id: String,
    parent_call_id: Option<String>,
    role: &'static str,
    user_id: Option<String>,
    status: &'static str,
    answered_at: Option<UtcTime>,
    completed_at: Option<UtcTime>,
    duration_seconds: Option<u32>,
}

impl CallView {
    #[must_use]
    pub fn of(call: Call) -> Self {
        let progress = call.progress();
        let legs = legs(&call);
        let disposition = call.disposition();
        let (recording, consent) = recorded(&call);
        let shown = |number: String| (!number.is_empty()).then_some(number);
        Self {
            id: call.id.to_string(),
            contact_id: call.contact.map(String::from),
            user_id: call.user.map(String::from),
            direction: call.direction.as_str(),
            mode: call.mode.as_str(),
            status: progress.status.as_str(),
            disposition,
            outcome: call.outcome.map(crate::outcome::Outcome::as_str),
            note: call.note,
            provider_call_id: call.provider_call_id.as_ref().map(ProviderCallId::as_str).map(str::to_owned),
            remote_phone: shown(call.numbers.remote),
            local_phone: shown(call.numbers.local),
            dialed_at: call.dialed_at,
            answered_at: progress.answered_at(),
            completed_at: progress.completed_at,
            duration_seconds: progress.duration_seconds,
            legs,
            recording,
            consent,
            version: call.version,
            created_at: call.dialed_at,
            updated_at: call.updated_at,
        }
    }
}

fn recorded(call: &Call) -> (Option<RecordingView>, Option<ConsentView>) {
    let known = call.recorded.recording.as_ref();
    let recording = call.recorded.state(call.status()).map(|state| RecordingView {
        kind: known.map_or("call", |recording| recording.kind.as_str()),
        status: state.as_str(),
        duration_seconds: known.and_then(|recording| recording.duration_seconds),
        size_bytes: known.and_then(|recording| recording.size_bytes),
    });
    let consent = call.recorded.consent.as_ref().map(|consent| ConsentView {
        policy: consent.policy.as_str(),
        script_version: consent.script_version,
        disclosed_at: consent.disclosed_at,
        answer: consent.answer.as_str(),
    });
    (recording, consent)
}

fn legs(call: &Call) -> Vec<LegView> {
    let first = call.direction.first_leg();
    let parent = call.provider_call_id.as_ref().map(ProviderCallId::as_str);
    let view = |(id, leg): (&ProviderCallId, &crate::legs::Leg)| LegView {
        provider_call_id: id.as_str().to_owned(),
        parent_call_id: parent.filter(|_| leg.role != first).map(str::to_owned),
        role: leg.role.as_str(),
        user_id: leg.user.as_ref().map(ToString::to_string),
        status: leg.progress.status.as_str(),
        answered_at: leg.progress.answered_at(),
        completed_at: leg.progress.completed_at,
        duration_seconds: leg.progress.duration_seconds,
    };
    call.legs.legs.iter().map(view).collect()
}

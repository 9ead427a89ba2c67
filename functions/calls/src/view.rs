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
    version: i64,
    created_at: UtcTime,
    updated_at: UtcTime,
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
        let shown = |number: String| (!number.is_empty()).then_some(number);
        Self {
            id: call.id.to_string(),
            contact_id: call.contact.map(String::from),
            user_id: call.user.map(String::from),
            direction: call.direction.as_str(),
            mode: call.mode.as_str(),
            status: progress.status.as_str(),
            disposition: progress.status.disposition(),
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
            version: call.version,
            created_at: call.dialed_at,
            updated_at: call.updated_at,
        }
    }
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

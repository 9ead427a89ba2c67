//! A call as the API shows it.

use kernel::UtcTime;
use serde::Serialize;

use crate::call::{Call, ProviderCallId};

#[derive(Serialize)]
pub struct CallView {
    id: String,
    contact_id: String,
    user_id: String,
    direction: &'static str,
    mode: &'static str,
    status: &'static str,
    disposition: Option<&'static str>,
    remote_phone: String,
    local_phone: String,
    provider_call_id: Option<String>,
    dialed_at: UtcTime,
    answered_at: Option<UtcTime>,
    completed_at: Option<UtcTime>,
    duration_seconds: Option<u32>,
    version: i64,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl CallView {
    #[must_use]
    pub fn of(call: Call) -> Self {
        Self {
            id: call.id.to_string(),
            contact_id: call.contact.to_string(),
            user_id: call.user.to_string(),
            direction: "outbound",
            mode: "bridge",
            status: call.progress.status.as_str(),
            disposition: call.progress.status.disposition(),
            provider_call_id: call.provider_call_id.as_ref().map(ProviderCallId::as_str).map(str::to_owned),
            remote_phone: call.numbers.remote,
            local_phone: call.numbers.local,
            dialed_at: call.dialed_at,
            answered_at: call.progress.answered_at(),
            completed_at: call.progress.completed_at,
            duration_seconds: call.progress.duration_seconds,
            version: call.version,
            created_at: call.dialed_at,
            updated_at: call.updated_at,
        }
    }
}

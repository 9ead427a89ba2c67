use kernel::{Module, RecordingPolicy, TenantId, UtcTime, access::Visibility};
use serde::Serialize;

use super::store::Settings;

/// A tenant as its admins see it.
#[derive(Serialize)]
pub struct SettingsView {
    id: String,
    name: String,
    region: String,
    default_country: String,
    recording_policy: RecordingPolicy,
    retention_days: Option<u32>,
    contact_visibility: Visibility,
    mfa_required: bool,
    modules: Vec<Module>,
    user_limit: Option<u32>,
    version: i64,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl SettingsView {
    pub fn of(id: &TenantId, settings: Settings) -> Self {
        let Settings { tenant, standing } = settings;
        Self {
            id: id.to_string(),
            name: tenant.name,
            region: tenant.region,
            default_country: tenant.default_country,
            recording_policy: tenant.recording_policy,
            retention_days: tenant.retention_days,
            contact_visibility: tenant.contact_visibility,
            mfa_required: standing.mfa_required,
            modules: standing.modules.into_iter().collect(),
            user_limit: standing.user_limit,
            version: tenant.version,
            created_at: tenant.created_at,
            updated_at: tenant.updated_at,
        }
    }
}

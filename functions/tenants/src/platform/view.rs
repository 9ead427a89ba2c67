use kernel::{Module, UtcTime};
use serde::Serialize;
use table::TenantStanding;

/// A tenant as operators see it.
#[derive(Serialize)]
pub struct PlatformTenantView {
    id: String,
    name: String,
    status: &'static str,
    modules: Vec<Module>,
    user_limit: Option<u32>,
    mfa_required: bool,
    version: i64,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl PlatformTenantView {
    pub fn of(id: impl Into<String>, standing: TenantStanding) -> Self {
        Self {
            id: id.into(),
            name: standing.name,
            status: standing.status.as_str(),
            modules: standing.modules.into_iter().collect(),
            user_limit: standing.user_limit,
            mfa_required: standing.mfa_required,
            version: standing.version,
            created_at: standing.created_at,
            updated_at: standing.updated_at,
        }
    }
}

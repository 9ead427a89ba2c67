use kernel::{LanguageTag, Role, TeamIds, TimeZoneName, UtcTime};
use serde::Serialize;

use crate::user::User;

/// A user as they see themselves.
#[derive(Serialize)]
pub struct MeView {
    id: String,
    email: String,
    name: String,
    phone: Option<String>,
    timezone: Option<TimeZoneName>,
    locale: Option<LanguageTag>,
    role: Role,
    team_ids: TeamIds,
    tenant: Tenancy,
    mfa: Mfa,
    version: i64,
    created_at: UtcTime,
    updated_at: UtcTime,
}

/// Where the user works.
#[derive(Serialize)]
pub struct Tenancy {
    pub id: String,
    pub name: String,
}

/// Whether signing in asks for an authenticator's code, and whether the tenant wants it to.
#[derive(Serialize)]
struct Mfa {
    enabled: bool,
    required: bool,
}

impl MeView {
    #[must_use]
    pub fn of(user: User, tenant: Tenancy, mfa_enabled: bool, mfa_required: bool) -> Self {
        let record = user.record;
        Self {
            id: user.id.to_string(),
            email: record.email,
            name: record.name,
            phone: record.phone,
            timezone: record.timezone,
            locale: record.locale,
            role: user.role,
            team_ids: user.team_ids,
            tenant,
            mfa: Mfa { enabled: mfa_enabled, required: mfa_required },
            version: user.version,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

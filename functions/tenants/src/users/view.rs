//! A user as the API shows it.

use kernel::{Caller, Role, TeamIds, UtcTime};
use serde::Serialize;

use crate::user::{User, UserStatus};

#[derive(Serialize)]
pub struct UserView {
    id: String,
    name: String,
    email: String,
    phone: Option<String>,
    role: Role,
    status: UserStatus,
    team_ids: TeamIds,
    version: i64,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl UserView {
    /// What `caller` may see of a colleague: a telephone is its owner's and the admins' affair.
    #[must_use]
    pub fn of(user: User, caller: &Caller) -> Self {
        let phone_shown = caller.role == Role::Admin || caller.user == user.id;
        Self {
            id: user.id.to_string(),
            name: user.record.name,
            email: user.record.email,
            phone: user.record.phone.filter(|_| phone_shown),
            role: user.role,
            status: user.status,
            team_ids: user.team_ids,
            version: user.version,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// Whether `caller` sees the user at all: those who have left are the admins' affair.
#[must_use]
pub fn visible_to(user: &User, caller: &Caller) -> bool {
    user.status != UserStatus::Disabled || caller.role == Role::Admin
}

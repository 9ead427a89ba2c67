//! Who is asking.

use serde::{Deserialize, Serialize};

use crate::{
    id::{TeamIds, UserId},
    tenant::TenantId,
};

/// What a user may do. `Operator` belongs to the platform and never sees a tenant's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Own and shared records.
    Rep,
    /// The records of their teams.
    Manager,
    /// The tenant.
    Admin,
    /// The platform: tenants as such, none of their rows.
    Operator,
}

impl Role {
    /// The role's name in tokens, items and the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rep => "rep",
            Self::Manager => "manager",
            Self::Admin => "admin",
            Self::Operator => "operator",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Rep, Self::Manager, Self::Admin, Self::Operator].into_iter().find(|role| role.as_str() == text)
    }
}

/// The verified user behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub tenant: TenantId,
    pub user: UserId,
    pub role: Role,
    /// The teams that the user is in.
    pub teams: TeamIds,
}

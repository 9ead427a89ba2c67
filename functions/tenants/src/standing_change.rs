//! What an operator may change about a tenant.

use std::collections::BTreeSet;

use kernel::{Module, UtcTime};
use table::{TenantStanding, TenantStatus};

/// Only what is there changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StandingChange {
    pub status: Option<TenantStatus>,
    pub modules: Option<BTreeSet<Module>>,
    pub user_limit: Option<LimitChange>,
    pub mfa_required: Option<bool>,
}

/// What becomes of the number of users a tenant may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitChange {
    Lift,
    To(u32),
}

impl StandingChange {
    /// The next state of `standing`; `None` where nothing would be different.
    #[must_use]
    pub fn apply(self, standing: &TenantStanding, now: UtcTime) -> Option<TenantStanding> {
        let mut next = standing.clone();
        next.status = self.status.unwrap_or(next.status);
        next.modules = self.modules.unwrap_or(next.modules);
        next.user_limit = match self.user_limit {
            None => next.user_limit,
            Some(LimitChange::Lift) => None,
            Some(LimitChange::To(limit)) => Some(limit),
        };
        next.mfa_required = self.mfa_required.unwrap_or(next.mfa_required);
        if next == *standing {
            return None;
        }
        next.version += 1;
        next.updated_at = now;
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_millisecond(seconds * 1000).unwrap()
    }

    #[test]
    fn only_what_is_named_changes_and_a_change_makes_a_version() {
        let mut standing = TenantStanding::new("Alpha".to_owned(), at(1));
        standing.user_limit = Some(5);
        let change = StandingChange { status: Some(TenantStatus::Suspended), ..StandingChange::default() };
        let next = change.clone().apply(&standing, at(2)).unwrap();
        assert_eq!((next.status, next.user_limit), (TenantStatus::Suspended, Some(5)));
        assert_eq!((next.version, next.updated_at, next.created_at), (2, at(2), at(1)));
        assert_eq!(change.apply(&next, at(3)), None);
        let unlimited = StandingChange { user_limit: Some(LimitChange::Lift), ..StandingChange::default() };
        assert_eq!(unlimited.apply(&next, at(3)).unwrap().user_limit, None);
    }
}

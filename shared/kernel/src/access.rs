//! Who may see a contact, and with it its calls and its timeline: one rule for every domain that asks.

use serde::{Deserialize, Serialize};

use crate::{
    caller::{Caller, Role},
    id::UserId,
};

/// Who may see a contact beside its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    Owner,
    Team,
    Tenant,
}

impl Visibility {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Team => "team",
            Self::Tenant => "tenant",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Owner, Self::Team, Self::Tenant].into_iter().find(|known| known.as_str() == text)
    }
}

/// Whose a contact is and how far it is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactAccess {
    pub owner: UserId,
    pub visibility: Visibility,
}

impl ContactAccess {
    /// Whether `caller`, of the contact's tenant, may see it. Teams have no members yet, so what is shared with a team is
    /// its owner's and the admins' alone.
    #[must_use]
    pub fn visible_to(&self, caller: &Caller) -> bool {
        match self.visibility {
            Visibility::Tenant => true,
            Visibility::Team | Visibility::Owner => self.owner == caller.user || caller.role == Role::Admin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::{ClaimedTenant, Provenance};

    fn caller(user: &str, role: Role) -> Caller {
        #[expect(clippy::disallowed_methods, reason = "a test may name its tenant")]
        let tenant = ClaimedTenant::parse("tnt_a").unwrap().vouch(Provenance::Operator);
        Caller { tenant, user: UserId::parse(&format!("usr_{user:0>26}")).unwrap(), role }
    }

    #[test]
    fn what_is_not_shared_is_the_owners_and_the_admins() {
        let owner = caller("1", Role::Rep);
        for (visibility, others) in
            [(Visibility::Owner, false), (Visibility::Team, false), (Visibility::Tenant, true)]
        {
            let access = ContactAccess { owner: owner.user.clone(), visibility };
            assert!(access.visible_to(&owner));
            assert!(access.visible_to(&caller("2", Role::Admin)));
            assert_eq!(access.visible_to(&caller("2", Role::Rep)), others);
            assert_eq!(access.visible_to(&caller("2", Role::Manager)), others);
        }
    }
}

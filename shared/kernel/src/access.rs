//! Who may see a contact, and with it its calls and its timeline: one rule for every domain that asks.

use serde::{Deserialize, Serialize};

use crate::{
    caller::{Caller, Role},
    id::{TeamIds, UserId},
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

/// What a contact's row alone says about who may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    Seen,
    Hidden,
    /// Seen by those who are in a team with the owner.
    OfTeammates,
}

impl ContactAccess {
    /// How far `caller`, of the contact's tenant, may see it: an admin everything; everybody what is theirs and what is shared with
    /// the tenant; those in a team with the owner what is shared with the team, and a manager what the owner shares with nobody.
    #[must_use]
    pub fn sight(&self, caller: &Caller) -> Sight {
        if self.visibility == Visibility::Tenant || self.owner == caller.user || caller.role == Role::Admin {
            return Sight::Seen;
        }
        let shared = self.visibility == Visibility::Team || caller.role == Role::Manager;
        if shared && !caller.teams.0.is_empty() { Sight::OfTeammates } else { Sight::Hidden }
    }

    /// Whether `caller` may see the contact, whose owner is in `owners_teams` now.
    #[must_use]
    pub fn visible_to(&self, caller: &Caller, owners_teams: &TeamIds) -> bool {
        match self.sight(caller) {
            Sight::Seen => true,
            Sight::Hidden => false,
            Sight::OfTeammates => caller.teams.meet(owners_teams),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::TeamId,
        tenant::{ClaimedTenant, Provenance},
    };

    fn teams(names: &[u8]) -> TeamIds {
        TeamIds(names.iter().map(|name| TeamId::parse(&format!("team_{name:0>26}")).unwrap()).collect())
    }

    fn caller(user: &str, role: Role, in_teams: &[u8]) -> Caller {
        #[expect(clippy::disallowed_methods, reason = "a test may name its tenant")]
        let tenant = ClaimedTenant::parse("tnt_a").unwrap().vouch(Provenance::Operator);
        let user = UserId::parse(&format!("usr_{user:0>26}")).unwrap();
        Caller { tenant, user, role, teams: teams(in_teams) }
    }

    fn seen_by(visibility: Visibility, caller: &Caller) -> bool {
        let owner = UserId::parse(&format!("usr_{:0>26}", "1")).unwrap();
        ContactAccess { owner, visibility }.visible_to(caller, &teams(&[1, 2]))
    }

    #[test]
    fn the_owner_and_admins_see_all_and_everybody_what_is_the_tenants() {
        for visibility in [Visibility::Owner, Visibility::Team, Visibility::Tenant] {
            assert!(seen_by(visibility, &caller("1", Role::Rep, &[])));
            assert!(seen_by(visibility, &caller("2", Role::Admin, &[])));
            for role in [Role::Rep, Role::Manager] {
                let stranger = caller("2", role, &[3]);
                assert_eq!(seen_by(visibility, &stranger), visibility == Visibility::Tenant);
            }
        }
    }

    #[test]
    fn teammates_see_what_is_the_teams_and_their_managers_the_rest() {
        for (role, of_owner_alone) in [(Role::Rep, false), (Role::Manager, true)] {
            let teammate = caller("2", role, &[3, 2]);
            assert!(seen_by(Visibility::Team, &teammate));
            assert_eq!(seen_by(Visibility::Owner, &teammate), of_owner_alone);
            let alone = caller("2", role, &[]);
            assert!(!seen_by(Visibility::Team, &alone) && !seen_by(Visibility::Owner, &alone));
        }
    }

    /// Two who are in no team are in none together.
    #[test]
    fn an_owner_without_teams_shares_with_nobody() {
        let owner = UserId::parse(&format!("usr_{:0>26}", "1")).unwrap();
        let access = ContactAccess { owner, visibility: Visibility::Team };
        assert!(!access.visible_to(&caller("2", Role::Manager, &[1]), &TeamIds::default()));
        assert!(!access.visible_to(&caller("2", Role::Manager, &[]), &TeamIds::default()));
    }
}

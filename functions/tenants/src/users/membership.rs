//! All people of a tenant at once, for what one of them alone cannot decide: whether there is room, and who the last admin is.

use kernel::{Failure, Role, UserId};
use table::Roster;

use crate::user::{User, UserStatus};

/// Everybody, as they were when the roster was read. What is decided by it is written over that roster.
pub struct Membership {
    pub roster: Roster,
    pub users: Vec<User>,
}

impl Membership {
    /// Refuses one more user than the tenant may have. Those who have left do not count.
    pub fn require_room(&self, limit: Option<u32>) -> Result<(), Failure> {
        let count = self.users.iter().filter(|user| user.status != UserStatus::Disabled).count();
        match limit {
            Some(limit) if count >= usize::try_from(limit).unwrap_or(usize::MAX) => Err(Failure::Conflict {
                code: "user_limit_reached",
                detail: "the tenant has as many users as it may have",
            }),
            _ => Ok(()),
        }
    }

    /// Refuses to take the last admin away. Only somebody who has come in can take their place.
    pub fn require_other_admin(&self, than: &UserId) -> Result<(), Failure> {
        let other =
            |user: &User| user.id != *than && user.role == Role::Admin && user.status == UserStatus::Active;
        if self.users.iter().any(other) {
            return Ok(());
        }
        Err(Failure::Conflict { code: "last_admin", detail: "the tenant would be left without an admin" })
    }
}

#[cfg(test)]
mod tests {
    use kernel::{SystemAmbient, TeamIds, UserRecord, UtcTime};

    use super::*;

    fn user(role: Role, status: UserStatus) -> User {
        let now = UtcTime::from_millisecond(1).unwrap();
        let record = UserRecord::new("Demo".to_owned(), "demo@alpha.example".to_owned(), None);
        User {
            id: UserId::generate(&SystemAmbient),
            role,
            status,
            team_ids: TeamIds::default(),
            sub: "sub".to_owned(),
            record,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    fn of(users: Vec<User>) -> Membership {
        Membership { roster: Roster::default(), users }
    }

    #[test]
    fn only_another_admin_who_has_come_in_makes_one_dispensable() {
        let admin = user(Role::Admin, UserStatus::Active);
        for (other, dispensable) in [
            (user(Role::Admin, UserStatus::Active), true),
            (user(Role::Admin, UserStatus::Invited), false),
            (user(Role::Admin, UserStatus::Disabled), false),
            (user(Role::Manager, UserStatus::Active), false),
        ] {
            let members = of(vec![admin.clone(), other]);
            assert_eq!(members.require_other_admin(&admin.id).is_ok(), dispensable);
        }
    }

    #[test]
    fn those_who_have_left_take_no_place() {
        let members = of(vec![
            user(Role::Rep, UserStatus::Active),
            user(Role::Rep, UserStatus::Invited),
            user(Role::Rep, UserStatus::Disabled),
        ]);
        assert!(members.require_room(None).is_ok());
        assert!(members.require_room(Some(3)).is_ok());
        assert!(matches!(
            members.require_room(Some(2)),
            Err(Failure::Conflict { code: "user_limit_reached", .. })
        ));
    }
}

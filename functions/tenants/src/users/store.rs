//! The rows of a tenant's users.

use std::sync::Arc;

use kernel::{Ambient, ClaimedTenant, Failure, Limit, TeamIds, UserId};
use table::{
    Direction, Identity, IdentityChange, IdentityStatus, Range, Roster, TableError, TenantStanding,
    Transaction,
};
use tenancy::TenantScope;
use vault::TenantVault;

use super::{membership::Membership, pool::address_in_use};
use crate::user::{User, UserStatus, read_user, user_item};

/// The users of one tenant.
pub struct UserStore<'a> {
    scope: &'a TenantScope,
    vault: Arc<TenantVault>,
}

/// Users in the order in which they came; `last` is the position to go on behind.
pub struct UserPage {
    pub users: Vec<User>,
    pub last: Option<String>,
}

/// Why a change was not written.
pub enum Refusal {
    /// The membership has moved on since it was read; to be decided again.
    Overtaken,
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl<'a> UserStore<'a> {
    pub async fn open(scope: &'a TenantScope) -> Result<Self, Failure> {
        Ok(Self { scope, vault: scope.vault().await? })
    }

    pub async fn find(&self, id: &UserId) -> Result<Option<User>, Failure> {
        let Some(item) = self.scope.table.get(&self.scope.table.keys().user(id)).await? else {
            return Ok(None);
        };
        let mut users = vec![read_user(&self.vault, &item)?];
        self.add_acceptances(&mut users).await?;
        Ok(users.pop())
    }

    /// Oldest first, from behind `after`.
    pub async fn page(&self, limit: Limit, after: Option<String>) -> Result<UserPage, Failure> {
        let range = Range {
            partition: self.scope.table.keys().users(),
            direction: Direction::Ascending,
            limit: limit.get(),
            after,
        };
        let page = self.scope.table.query(&range).await?;
        let read = page.items.iter().map(|item| read_user(&self.vault, item));
        let mut users = read.collect::<Result<Vec<_>, _>>()?;
        self.add_acceptances(&mut users).await?;
        Ok(UserPage { users, last: page.last })
    }

    /// Accepting an invitation is noted where the token trigger reaches, among the identities, and not in the user's row.
    async fn add_acceptances(&self, users: &mut [User]) -> Result<(), Failure> {
        let invited = |user: &&User| user.status == UserStatus::Invited;
        let subs: Vec<_> = users.iter().filter(invited).map(|user| user.sub.clone()).collect();
        if subs.is_empty() {
            return Ok(());
        }
        let subs: Vec<_> = subs.iter().map(String::as_str).collect();
        let table = &self.scope.table;
        let statuses = table.identities().statuses(table.tenant(), &subs).await?;
        for user in users.iter_mut().filter(|user| user.status == UserStatus::Invited) {
            if statuses.iter().any(|(sub, status)| *sub == user.sub && *status == IdentityStatus::Active) {
                user.status = UserStatus::Active;
            }
        }
        Ok(())
    }

    /// Everybody, under a roster read before them.
    pub async fn membership(&self) -> Result<Membership, Failure> {
        let roster = self.scope.table.roster().await?;
        let (mut users, mut after) = (Vec::new(), None);
        loop {
            let page = self.page(Limit::MOST, after).await?;
            users.extend(page.users);
            after = page.last;
            if after.is_none() {
                return Ok(Membership { roster, users });
            }
        }
    }

    /// How the tenant stands with the platform.
    pub async fn standing(&self) -> Result<TenantStanding, Failure> {
        let table = &self.scope.table;
        let name = ClaimedTenant::parse(table.tenant().as_str());
        let name = name.ok_or_else(|| Failure::internal("the tenant's id does not parse"))?;
        let standing = table.identities().tenant(&name).await?;
        standing.ok_or_else(|| Failure::internal("the tenant has no standing"))
    }

    /// Writes a new user and their identity.
    pub async fn insert(&self, user: &User, roster: &Roster, ambient: &dyn Ambient) -> Result<(), Refusal> {
        let identity = Identity {
            user: user.id.clone(),
            role: user.role,
            status: IdentityStatus::Invited,
            session_epoch: 1,
            second_factor: false,
            team_ids: user.team_ids.clone(),
        };
        let item = user_item(self.scope.table.keys(), &self.vault, user)?;
        let transaction = self
            .scope
            .table
            .transaction()
            .put_new(item)
            .put_new_identity(&user.sub, &identity)
            .move_roster(roster, ambient);
        self.require_teams(transaction, &user.team_ids).commit().await.map_err(|error| match error {
            TableError::ConditionFailed { element: 1 } => Refusal::Failed(address_in_use()),
            error => refusal(error, 2),
        })
    }

    /// Writes the next state of a user, who must still be at `version`; for what tells nothing of roles, teams or access.
    pub async fn replace(&self, next: &User, version: i64) -> Result<(), Refusal> {
        let item = user_item(self.scope.table.keys(), &self.vault, next)?;
        let transaction = self.scope.table.transaction().put_over_version(item, version);
        transaction.commit().await.map_err(|error| refusal(error, usize::MAX))
    }

    /// As [`UserStore::replace`], with the identity and under the roster; ends the user's sessions.
    pub async fn replace_member(
        &self,
        next: &User,
        version: i64,
        roster: &Roster,
        ambient: &dyn Ambient,
    ) -> Result<(), Refusal> {
        let left = next.status == UserStatus::Disabled;
        let change = IdentityChange {
            role: next.role,
            status: left.then_some(IdentityStatus::Disabled),
            team_ids: next.team_ids.clone(),
        };
        let item = user_item(self.scope.table.keys(), &self.vault, next)?;
        let mut transaction = self
            .scope
            .table
            .transaction()
            .put_over_version(item, version)
            .change_identity(&next.sub, &change)
            .move_roster(roster, ambient);
        // Who leaves keeps the teams they were in, whether or not these are still there.
        if !left {
            transaction = self.require_teams(transaction, &next.team_ids);
        }
        transaction.commit().await.map_err(|error| refusal(error, 2))
    }

    fn require_teams<'t>(&self, mut transaction: Transaction<'t>, teams: &TeamIds) -> Transaction<'t> {
        for team in &teams.0 {
            transaction = transaction.require_live(&self.scope.table.keys().team(team));
        }
        transaction
    }
}

/// `roster` is the element that moves the roster; behind it stand the teams.
fn refusal(error: TableError, roster: usize) -> Refusal {
    match error {
        TableError::ConditionFailed { element: 0 } => Refusal::Failed(Failure::Stale),
        TableError::ConditionFailed { element } if element == roster => Refusal::Overtaken,
        TableError::ConditionFailed { element } if element > roster => {
            let field = format!("team_ids[{}]", element - roster - 1);
            Refusal::Failed(Failure::field(field, "unknown_team", "There is no such team."))
        }
        TableError::Conflict(_) => Refusal::Overtaken,
        error => Refusal::Failed(error.into()),
    }
}

#[cfg(test)]
mod tests;

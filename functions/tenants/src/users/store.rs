//! The rows of a tenant's users.

use std::sync::Arc;

use kernel::{Failure, Limit};
use table::{Direction, Range};
use tenancy::TenantScope;
use vault::TenantVault;

use crate::user::{User, read_user};

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

impl<'a> UserStore<'a> {
    pub async fn open(scope: &'a TenantScope) -> Result<Self, Failure> {
        Ok(Self { scope, vault: scope.vault().await? })
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
        let users = page.items.iter().map(|item| read_user(&self.vault, item)).collect::<Result<_, _>>()?;
        Ok(UserPage { users, last: page.last })
    }
}

//! A user of a tenant.

use kernel::{Failure, Role, TeamIds, UserId, UserRecord, UtcTime};
use table::{Item, ItemBuilder, ItemReader, Keys, Purpose};
use tenancy::{seal_record, unseal_record};
use vault::TenantVault;

/// How far a user has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// Has been sent a temporary password and has not come in yet.
    Invited,
    Active,
    /// May not come in any more; stays as the author of what was done.
    Disabled,
}

impl UserStatus {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Invited, Self::Active, Self::Disabled].into_iter().find(|known| known.as_str() == text)
    }
}

/// A user's row within the tenant; the pool's `sub` leads to it through the identity row.
#[derive(Clone)]
pub struct User {
    pub id: UserId,
    pub role: Role,
    pub status: UserStatus,
    pub team_ids: TeamIds,
    pub sub: String,
    pub record: UserRecord,
    /// Counts up from 1 with every change.
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl User {
    /// Somebody who is being asked in, by their name at the pool.
    #[must_use]
    pub fn invited(id: UserId, sub: String, role: Role, record: UserRecord, now: UtcTime) -> Self {
        Self {
            id,
            role,
            status: UserStatus::Invited,
            team_ids: TeamIds::default(),
            sub,
            record,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// The row of `user`; name, address and telephone sealed.
pub fn user_item(keys: Keys<'_>, vault: &TenantVault, user: &User) -> Result<Item, Failure> {
    let key = keys.user(&user.id);
    Ok(ItemBuilder::new(&key)
        .text("role", user.role.as_str())
        .text("status", user.status.as_str())
        .optional_text("team_ids", user.team_ids.to_text())
        .text("sub", user.sub.clone())
        .number("version", user.version)
        .time("created_at", user.created_at)
        .time("updated_at", user.updated_at)
        .sealed(Purpose::UserProfile, seal_record(vault, &key, Purpose::UserProfile, &user.record)?)
        .build())
}

/// The user in a row that [`user_item`] made.
pub fn read_user(vault: &TenantVault, item: &Item) -> Result<User, Failure> {
    let reader = ItemReader::new(item);
    Ok(User {
        id: reader.parsed("sk", UserId::parse)?,
        role: reader.parsed("role", Role::parse)?,
        status: reader.parsed("status", UserStatus::parse)?,
        team_ids: reader.optional_parsed("team_ids", TeamIds::parse)?.unwrap_or_default(),
        sub: reader.text("sub")?.to_owned(),
        record: unseal_record(vault, reader, Purpose::UserProfile)?,
        version: reader.number("version")?,
        created_at: reader.time("created_at")?,
        updated_at: reader.time("updated_at")?,
    })
}

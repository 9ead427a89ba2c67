//! A user of a tenant.

use kernel::{Failure, Role, UserId, UserRecord, UtcTime};
use table::{Item, ItemBuilder, Keys, Purpose};
use tenancy::seal_record;
use vault::TenantVault;

/// A user's row within the tenant; the pool's `sub` leads to it through the identity row.
pub struct User {
    pub id: UserId,
    pub role: Role,
    pub sub: String,
    pub record: UserRecord,
    pub created_at: UtcTime,
}

/// The row of `user`; name, address and telephone sealed.
pub fn user_item(keys: Keys<'_>, vault: &TenantVault, user: &User) -> Result<Item, Failure> {
    let key = keys.user(&user.id);
    Ok(ItemBuilder::new(&key)
        .text("role", user.role.as_str())
        .text("status", "active")
        .text("sub", user.sub.clone())
        .number("version", 1)
        .time("created_at", user.created_at)
        .time("updated_at", user.created_at)
        .sealed(Purpose::UserProfile, seal_record(vault, &key, Purpose::UserProfile, &user.record)?)
        .build())
}

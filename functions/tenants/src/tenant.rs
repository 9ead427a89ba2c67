//! A tenant: a company among those that share the installation.

use kernel::UtcTime;
use table::{Item, ItemBuilder, Keys};

/// A tenant's own row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub name: String,
    pub created_at: UtcTime,
}

/// The row of `tenant`.
#[must_use]
pub fn tenant_item(keys: Keys<'_>, tenant: &Tenant) -> Item {
    ItemBuilder::new(&keys.tenant())
        .text("name", tenant.name.clone())
        .text("status", "active")
        .number("version", 1)
        .time("created_at", tenant.created_at)
        .time("updated_at", tenant.created_at)
        .build()
}

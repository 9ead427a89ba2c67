//! A tenant's settings: its own row, and what of them stands where signing in can see it.

use kernel::{ClaimedTenant, Failure};
use table::{TableError, TenantStanding};
use tenancy::TenantScope;

use crate::tenant::{Tenant, read_tenant, tenant_item};

/// Both rows of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub tenant: Tenant,
    pub standing: TenantStanding,
}

pub struct SettingsStore<'a> {
    scope: &'a TenantScope,
}

impl<'a> SettingsStore<'a> {
    pub fn open(scope: &'a TenantScope) -> Self {
        Self { scope }
    }

    pub async fn read(&self) -> Result<Settings, Failure> {
        let table = &self.scope.table;
        let claim = ClaimedTenant::parse(table.tenant().as_str()).ok_or(Failure::NotFound("tenant"))?;
        let (identities, key) = (table.identities(), table.keys().tenant());
        let (item, standing) = tokio::try_join!(table.get(&key), identities.tenant(&claim))?;
        let item = item.ok_or(Failure::NotFound("tenant"))?;
        let standing = standing.ok_or(Failure::NotFound("tenant"))?;
        Ok(Settings { tenant: read_tenant(&item)?, standing })
    }

    /// Writes `next` over `before`, both rows or none. [`Failure::Stale`] where the settings have changed since;
    /// [`Failure::Unavailable`] where an operator has changed the tenant meanwhile, for then trying again will do.
    pub async fn replace(&self, before: &Settings, next: &Settings) -> Result<(), Failure> {
        let table = &self.scope.table;
        let written = table
            .transaction()
            .put_over_version(tenant_item(table.keys(), &next.tenant), before.tenant.version)
            .put_standing(&next.standing, before.standing.version)
            .commit()
            .await;
        match written {
            Err(TableError::ConditionFailed { element: 0 }) => Err(Failure::Stale),
            Err(error @ TableError::ConditionFailed { .. }) => Err(Failure::Unavailable(Box::new(error))),
            other => Ok(other?),
        }
    }
}

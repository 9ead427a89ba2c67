//! Tenants as the platform sees them: listed, suspended, given modules and limits.

use kernel::{ClaimedTenant, Limit, PLATFORM_TENANT};
use table::{TableError, TenantStanding, TenantStatus};
use tenants::StandingChange;

use crate::{error::ProvisionError, provisioner::Provisioner};

/// How often a change is tried when somebody else changes the same tenant.
const ATTEMPTS: usize = 3;

impl Provisioner {
    /// All tenants in the order of their ids, the operators' own among them.
    pub async fn tenants(&self) -> Result<Vec<(ClaimedTenant, TenantStanding)>, ProvisionError> {
        let identities = self.open(PLATFORM_TENANT).await?.table.identities();
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = identities.directory(Limit::default(), after.as_deref()).await?;
            all.extend(page.tenants);
            after = page.last;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// Carries the change out and gives the tenant's state after it.
    pub async fn change_tenant(
        &self,
        id: &str,
        change: &StandingChange,
    ) -> Result<TenantStanding, ProvisionError> {
        if id == PLATFORM_TENANT && change.status == Some(TenantStatus::Suspended) {
            return Err(ProvisionError::PlatformTenant);
        }
        let scope = self.open(id).await?;
        let claim = crate::provisioner::parse_tenant(id)?;
        let identities = scope.table.identities();
        for _ in 0..ATTEMPTS {
            let unknown = || ProvisionError::NoSuchTenant(id.to_owned());
            let before = identities.tenant(&claim).await?.ok_or_else(unknown)?;
            let Some(next) = change.clone().apply(&before, self.now()) else { return Ok(before) };
            match identities.put_tenant(scope.table.tenant(), &next, before.version).await {
                Ok(()) => return Ok(next),
                Err(TableError::ConditionFailed { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ProvisionError::Contended(id.to_owned()))
    }
}

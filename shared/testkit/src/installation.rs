//! An installation without AWS.

use std::sync::Arc;

use kernel::{ClaimedTenant, Provenance, TenantId};
use tenancy::{ClaimScope, TenantScope};

use crate::{ambient::FixedAmbient, keys::LocalKeys, local_table::LocalTable};

/// A table, keys, time and randomness. There is no IAM behind it: what these tests show holds by the code's own fences.
pub struct TestInstallation {
    pub table: LocalTable,
    pub keys: Arc<LocalKeys>,
    pub ambient: Arc<FixedAmbient>,
}

impl TestInstallation {
    pub async fn start() -> Self {
        Self {
            table: LocalTable::start().await,
            keys: Arc::new(LocalKeys::new()),
            ambient: Arc::new(FixedAmbient::seeded(1)),
        }
    }

    /// A scope as a new environment would open it: with nothing held yet.
    #[must_use]
    pub fn scope(&self, tenant: &TenantId) -> TenantScope {
        TenantScope::new(self.table.of(tenant), self.keys.clone(), self.ambient.clone())
    }

    /// As [`TestInstallation::scope`], for a claim.
    #[must_use]
    pub fn claim_scope(&self, claim: &ClaimedTenant) -> ClaimScope {
        ClaimScope::new(self.table.claimed(claim), claim, self.keys.clone(), self.ambient.clone())
    }

    /// The scope of a tenant that has its keys, held already; what that took is not in the table's traffic.
    ///
    /// # Panics
    /// When the keys cannot be made.
    pub async fn provisioned(&self, name: &str) -> TenantScope {
        let scope = self.scope(&tenant(name));
        scope.ensure_keys().await.expect("the keys are made");
        scope.vault().await.expect("the keys unwrap");
        let _ = self.table.traffic().take();
        scope
    }
}

/// A claim to be `name`.
///
/// # Panics
/// When that can be no tenant's name.
#[must_use]
pub fn claim(name: &str) -> ClaimedTenant {
    ClaimedTenant::parse(name).expect("a tenant's name")
}

/// The tenant `name`, taken at the test's word.
///
/// # Panics
/// As [`claim`].
#[must_use]
pub fn tenant(name: &str) -> TenantId {
    #[expect(clippy::disallowed_methods, reason = "in a test, the test decides who is who")]
    claim(name).vouch(Provenance::Operator)
}

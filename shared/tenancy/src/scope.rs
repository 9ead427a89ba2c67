//! One tenant, opened.

use std::sync::Arc;

use aws_config::SdkConfig;
use kernel::{Ambient, ClaimedTenant, Failure, UtcTime};
use table::{ClaimedTable, Item, TableError, TenantTable};
use tokio::sync::Mutex;
use vault::{KeyKind, KeyProvider, TenantVault};

use crate::keys::{read_wrapped_key, wrapped_key_item};

/// Keys in the clear are forgotten after this long, so that a revoked tenant or a rotated key takes effect everywhere.
const VAULT_LIFETIME_SECONDS: i64 = 1800;
/// Keys that lack a version which some row names are asked for again before that, but not more often than this.
const RELOAD_SECONDS: i64 = 10;

/// A tenant's rows and keys, for one data role.
#[derive(Clone)]
pub struct TenantScope {
    pub table: TenantTable,
    vault: Arc<VaultCell>,
    sdk: Option<SdkConfig>,
}

impl TenantScope {
    /// `provider` must reach the keys of the tenant that `table` is opened for; functions get their scopes from
    /// [`crate::DataRole`].
    #[must_use]
    pub fn new(table: TenantTable, provider: Arc<dyn KeyProvider>, ambient: Arc<dyn Ambient>) -> Self {
        Self { table, vault: Arc::new(VaultCell::new(provider, ambient)), sdk: None }
    }

    /// The same with the tagged credentials at hand, for what else they reach.
    #[must_use]
    pub(crate) fn with_credentials(self, sdk: SdkConfig) -> Self {
        Self { sdk: Some(sdk), ..self }
    }

    /// Credentials tagged with the tenant; `None` where the scope was made without AWS.
    #[must_use]
    pub fn sdk(&self) -> Option<&SdkConfig> {
        self.sdk.as_ref()
    }

    /// The tenant's keys in the clear; asked of the key service at the first use and then held.
    pub async fn vault(&self) -> Result<Arc<TenantVault>, Failure> {
        self.vault.open(self.table.tenant().as_str(), self.table.wrapped_keys()).await
    }

    /// Makes the tenant's keys where they are missing. Two that try at once end with the same keys: the first to write wins.
    pub async fn ensure_keys(&self) -> Result<(), Failure> {
        let items = self.table.wrapped_keys().await?;
        let held = items.iter().map(read_wrapped_key).collect::<Result<Vec<_>, _>>()?;
        for kind in [KeyKind::Data, KeyKind::Index] {
            if held.iter().any(|key| key.kind == kind) {
                continue;
            }
            let generated = self.vault.provider.generate(self.table.tenant().as_str(), kind, 1).await?;
            match self.table.put_new(wrapped_key_item(self.table.keys(), &generated.wrapped)).await {
                Ok(()) | Err(TableError::ConditionFailed { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// What may be read of a tenant before the claim to it is verified.
#[derive(Clone)]
pub struct ClaimScope {
    pub table: ClaimedTable,
    tenant: String,
    vault: Arc<VaultCell>,
}

impl ClaimScope {
    /// As [`TenantScope::new`]; `table` must be opened for the same claim.
    #[must_use]
    pub fn new(
        table: ClaimedTable,
        claim: &ClaimedTenant,
        provider: Arc<dyn KeyProvider>,
        ambient: Arc<dyn Ambient>,
    ) -> Self {
        let vault = Arc::new(VaultCell::new(provider, ambient));
        Self { table, tenant: claim.as_str().to_owned(), vault }
    }

    #[cfg(test)]
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.vault, &other.vault)
    }

    /// As [`TenantScope::vault`].
    pub async fn vault(&self) -> Result<Arc<TenantVault>, Failure> {
        self.vault.open(&self.tenant, self.table.wrapped_keys()).await
    }
}

struct VaultCell {
    provider: Arc<dyn KeyProvider>,
    ambient: Arc<dyn Ambient>,
    held: Mutex<Option<HeldVault>>,
}

struct HeldVault {
    vault: Arc<TenantVault>,
    since: UtcTime,
}

impl HeldVault {
    /// Whether it still serves. One that has met a key version which it lacks is behind, or the row is damaged: the keys are
    /// asked for once more, and damaged rows do not have them asked for all the time.
    fn serves(&self, now: UtcTime) -> bool {
        let lifetime = if self.vault.is_behind() { RELOAD_SECONDS } else { VAULT_LIFETIME_SECONDS };
        now < self.since.plus_seconds(lifetime)
    }
}

impl VaultCell {
    fn new(provider: Arc<dyn KeyProvider>, ambient: Arc<dyn Ambient>) -> Self {
        Self { provider, ambient, held: Mutex::new(None) }
    }

    async fn open(
        &self,
        tenant: &str,
        wrapped: impl Future<Output = Result<Vec<Item>, TableError>>,
    ) -> Result<Arc<TenantVault>, Failure> {
        let mut held = self.held.lock().await;
        let now = self.ambient.now();
        if let Some(held) = held.as_ref().filter(|held| held.serves(now)) {
            return Ok(held.vault.clone());
        }
        let vault = Arc::new(self.unwrap_all(tenant, wrapped.await?).await?);
        *held = Some(HeldVault { vault: vault.clone(), since: now });
        Ok(vault)
    }

    async fn unwrap_all(&self, tenant: &str, items: Vec<Item>) -> Result<TenantVault, Failure> {
        let unwrapping = items.iter().map(async |item| {
            let wrapped = read_wrapped_key(item)?;
            let plain = self.provider.unwrap(tenant, &wrapped).await?;
            Ok::<_, Failure>((wrapped.kind, wrapped.version, plain))
        });
        let keys = futures_util::future::try_join_all(unwrapping).await?;
        Ok(TenantVault::new(&keys, self.ambient.clone()))
    }
}

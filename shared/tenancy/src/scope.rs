//! One tenant, opened.

use std::sync::Arc;

use kernel::{Failure, UtcTime};
use table::{ClaimedTable, Item, TableError, TenantTable};
use tokio::sync::Mutex;
use vault::{KeyKind, KeyProvider, KmsKeyProvider, TenantVault};

use crate::{
    installation::Installation,
    keys::{read_wrapped_key, wrapped_key_item},
};

/// Keys in the clear are forgotten after this long, so that a revoked tenant or a rotated key takes effect everywhere.
const VAULT_LIFETIME_SECONDS: i64 = 1800;

/// A tenant's rows and keys, for one data role.
#[derive(Clone)]
pub struct TenantScope {
    pub table: TenantTable,
    pub(crate) vault: Arc<VaultCell>,
}

impl TenantScope {
    /// The tenant's keys in the clear; asked of the key service at the first use and then held.
    pub async fn vault(&self) -> Result<Arc<TenantVault>, Failure> {
        self.vault.open(self.table.tenant().as_str(), self.table.wrapped_keys()).await
    }
}

impl TenantScope {
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
    pub(crate) tenant: String,
    pub(crate) vault: Arc<VaultCell>,
}

impl ClaimScope {
    /// As [`TenantScope::vault`].
    pub async fn vault(&self) -> Result<Arc<TenantVault>, Failure> {
        self.vault.open(&self.tenant, self.table.wrapped_keys()).await
    }
}

pub(crate) struct VaultCell {
    provider: KmsKeyProvider,
    installation: Installation,
    held: Mutex<Option<(Arc<TenantVault>, UtcTime)>>,
}

impl VaultCell {
    pub(crate) fn new(provider: KmsKeyProvider, installation: Installation) -> Self {
        Self { provider, installation, held: Mutex::new(None) }
    }

    async fn open(
        &self,
        tenant: &str,
        wrapped: impl Future<Output = Result<Vec<Item>, TableError>>,
    ) -> Result<Arc<TenantVault>, Failure> {
        let mut held = self.held.lock().await;
        let now = self.installation.ambient.now();
        if let Some((vault, _)) = held.as_ref().filter(|(_, until)| now < *until) {
            return Ok(vault.clone());
        }
        let vault = Arc::new(self.unwrap_all(tenant, wrapped.await?).await?);
        *held = Some((vault.clone(), now.plus_seconds(VAULT_LIFETIME_SECONDS)));
        Ok(vault)
    }

    async fn unwrap_all(&self, tenant: &str, items: Vec<Item>) -> Result<TenantVault, Failure> {
        let unwrapping = items.iter().map(async |item| {
            let wrapped = read_wrapped_key(item)?;
            let plain = self.provider.unwrap(tenant, &wrapped).await?;
            Ok::<_, Failure>((wrapped.kind, wrapped.version, plain))
        });
        let keys = futures_util::future::try_join_all(unwrapping).await?;
        Ok(TenantVault::new(&keys, self.installation.ambient.clone()))
    }
}

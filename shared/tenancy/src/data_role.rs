//! The roles under which a function touches rows.

use std::{num::NonZeroUsize, sync::Arc};

use aws_config::SdkConfig;
use kernel::{ClaimedTenant, TenantId};
use lru::LruCache;
use table::{ClaimedTable, TenantTable};
use tokio::sync::Mutex;
use vault::{KeyProvider, KmsKeyProvider};

use crate::{
    credentials::tagged_with_tenant,
    installation::Installation,
    scope::{ClaimScope, TenantScope},
};

/// How many tenants one environment holds open; the one not asked for longest makes way.
const OPEN_TENANTS: NonZeroUsize = NonZeroUsize::new(200).expect("not zero");

/// A role whose policy lets a session touch the rows of the tenant in its tag, and of those the kinds its domain needs.
pub struct DataRole {
    installation: Installation,
    arn: String,
    open: Mutex<LruCache<TenantId, TenantScope>>,
}

impl DataRole {
    #[must_use]
    pub fn new(installation: Installation, arn: impl Into<String>) -> Self {
        Self { installation, arn: arn.into(), open: Mutex::new(LruCache::new(OPEN_TENANTS)) }
    }

    #[must_use]
    pub fn installation(&self) -> &Installation {
        &self.installation
    }

    /// The tenant's scope. The first for a tenant costs one STS call (at its first read or write), later ones none for
    /// fifty minutes.
    pub async fn open(&self, tenant: &TenantId) -> TenantScope {
        let mut open = self.open.lock().await;
        if let Some(scope) = open.get(tenant) {
            return scope.clone();
        }
        let sdk = tagged_with_tenant(&self.installation.sdk, &self.arn, tenant.as_str()).await;
        let client = aws_sdk_dynamodb::Client::new(&sdk);
        let table = TenantTable::new(client, &self.installation.table_name, tenant.clone());
        let keys = key_provider(&self.installation, &sdk);
        let scope = TenantScope::new(table, keys, self.installation.ambient.clone());
        open.put(tenant.clone(), scope.clone());
        scope
    }
}

/// A role for what must be read before verification: a webhook's secret, a socket's ticket.
pub struct ClaimRole {
    installation: Installation,
    arn: String,
    open: Mutex<LruCache<ClaimedTenant, ClaimScope>>,
}

impl ClaimRole {
    #[must_use]
    pub fn new(installation: Installation, arn: impl Into<String>) -> Self {
        Self { installation, arn: arn.into(), open: Mutex::new(LruCache::new(OPEN_TENANTS)) }
    }

    pub async fn open(&self, claim: &ClaimedTenant) -> ClaimScope {
        let mut open = self.open.lock().await;
        if let Some(scope) = open.get(claim) {
            return scope.clone();
        }
        let sdk = tagged_with_tenant(&self.installation.sdk, &self.arn, claim.as_str()).await;
        let client = aws_sdk_dynamodb::Client::new(&sdk);
        let table = ClaimedTable::new(client, &self.installation.table_name, claim);
        let keys = key_provider(&self.installation, &sdk);
        let scope = ClaimScope::new(table, claim, keys, self.installation.ambient.clone());
        open.put(claim.clone(), scope.clone());
        scope
    }
}

fn key_provider(installation: &Installation, sdk: &SdkConfig) -> Arc<dyn KeyProvider> {
    Arc::new(KmsKeyProvider::new(aws_sdk_kms::Client::new(sdk), &installation.data_key_arn))
}

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
/// How many of those that somebody claims to be and has not proved.
const OPEN_CLAIMS: NonZeroUsize = NonZeroUsize::new(20).expect("not zero");

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
        let scope = TenantScope::new(table, keys, self.installation.ambient.clone()).with_credentials(sdk);
        open.put(tenant.clone(), scope.clone());
        scope
    }
}

/// A role for what must be read before verification: a webhook's secret, a socket's ticket.
pub struct ClaimRole {
    installation: Installation,
    arn: String,
    open: Mutex<OpenClaims>,
}

/// Apart, so that whoever claims to be many tenants crowds out others' unproved claims and nobody who has proved theirs.
struct OpenClaims {
    proved: LruCache<ClaimedTenant, ClaimScope>,
    unproved: LruCache<ClaimedTenant, ClaimScope>,
}

impl ClaimRole {
    #[must_use]
    pub fn new(installation: Installation, arn: impl Into<String>) -> Self {
        let open = OpenClaims { proved: LruCache::new(OPEN_TENANTS), unproved: LruCache::new(OPEN_CLAIMS) };
        Self { installation, arn: arn.into(), open: Mutex::new(open) }
    }

    pub async fn open(&self, claim: &ClaimedTenant) -> ClaimScope {
        let mut open = self.open.lock().await;
        let OpenClaims { proved, unproved } = &mut *open;
        if let Some(scope) = proved.get(claim).or_else(|| unproved.get(claim)) {
            return scope.clone();
        }
        let sdk = tagged_with_tenant(&self.installation.sdk, &self.arn, claim.as_str()).await;
        let client = aws_sdk_dynamodb::Client::new(&sdk);
        let table = ClaimedTable::new(client, &self.installation.table_name, claim);
        let keys = key_provider(&self.installation, &sdk);
        let scope = ClaimScope::new(table, claim, keys, self.installation.ambient.clone());
        unproved.put(claim.clone(), scope.clone());
        scope
    }

    /// Holds on to the claim's scope, for the claim has been proved: its signature holds, or its ticket was there.
    pub async fn proved(&self, claim: &ClaimedTenant) {
        let mut open = self.open.lock().await;
        if let Some(scope) = open.unproved.pop(claim) {
            open.proved.put(claim.clone(), scope);
        }
    }
}

fn key_provider(installation: &Installation, sdk: &SdkConfig) -> Arc<dyn KeyProvider> {
    Arc::new(KmsKeyProvider::new(aws_sdk_kms::Client::new(sdk), &installation.data_key_arn))
}

#[cfg(test)]
mod tests {
    use aws_config::{BehaviorVersion, Region};
    use kernel::SystemAmbient;

    use super::*;

    fn claim(number: usize) -> ClaimedTenant {
        ClaimedTenant::parse(&format!("tnt_{number}")).unwrap()
    }

    #[tokio::test]
    async fn claims_that_nobody_proves_crowd_out_no_tenant() {
        let sdk = aws_config::defaults(BehaviorVersion::latest()).region(Region::new("us-east-1"));
        let installation = Installation {
            sdk: sdk.no_credentials().load().await,
            table_name: "table".to_owned(),
            data_key_arn: String::new(),
            ambient: Arc::new(SystemAmbient),
        };
        let role = ClaimRole::new(installation, "arn:aws:iam::000000000000:role/claim");
        let real = role.open(&claim(0)).await;
        role.proved(&claim(0)).await;
        let unproved = role.open(&claim(1)).await;
        for number in 2..300 {
            role.open(&claim(number)).await;
        }
        assert!(role.open(&claim(0)).await.is_same_as(&real));
        assert!(!role.open(&claim(1)).await.is_same_as(&unproved));
        assert!(role.open.lock().await.unproved.len() <= OPEN_CLAIMS.get());
    }
}

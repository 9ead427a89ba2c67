//! "The search has something to take in": from the stream's relay, and from a search that finds its log long, to the worker
//! that writes shards.

use kernel::{ClaimedTenant, Provenance, TenantId, UtcTime};
use serde::{Deserialize, Serialize};

/// Asks for a tenant's changes to be written into its shards. Handling it twice changes nothing the second time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchChanged {
    tenant_id: String,
    /// What was written up to then has to be in the shards; what already is needs no work.
    pub written_at: UtcTime,
    /// The shards have to be made anew from the contacts: one is missing or does not open.
    #[serde(default)]
    pub rebuild: bool,
}

impl SearchChanged {
    #[must_use]
    pub fn new(tenant: &TenantId, written_at: UtcTime) -> Self {
        Self { tenant_id: tenant.to_string(), written_at, rebuild: false }
    }

    /// Asks for shards made from the contacts themselves.
    #[must_use]
    pub fn rebuild(tenant: &TenantId, now: UtcTime) -> Self {
        Self { rebuild: true, ..Self::new(tenant, now) }
    }

    /// The tenant; `None` where the message names something that cannot be one.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        #[expect(clippy::disallowed_methods, reason = "only our own functions may send to the queue")]
        ClaimedTenant::parse(&self.tenant_id).map(|claim| claim.vouch(Provenance::OwnRecord))
    }
}

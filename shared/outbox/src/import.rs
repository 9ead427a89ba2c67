//! "Go on with an import": from whoever starts one, and from its worker to itself, to the worker.

use kernel::{ClaimedTenant, ImportId, Provenance, TenantId};
use serde::{Deserialize, Serialize};

/// Asks for an import to be carried on from where it stands. Handling it twice does nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportStep {
    tenant_id: String,
    pub import_id: ImportId,
}

impl ImportStep {
    #[must_use]
    pub fn new(tenant: &TenantId, import_id: ImportId) -> Self {
        Self { tenant_id: tenant.to_string(), import_id }
    }

    /// The tenant; `None` where the message names something that cannot be one.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        #[expect(clippy::disallowed_methods, reason = "only our own functions may send to the queue")]
        ClaimedTenant::parse(&self.tenant_id).map(|claim| claim.vouch(Provenance::OwnRecord))
    }
}

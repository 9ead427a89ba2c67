//! "The provider has a recording": from its callback, or from whoever has asked it, to the worker that brings recordings here.

use kernel::{CallId, ClaimedTenant, Provenance, TenantId};
use serde::{Deserialize, Serialize};

/// Asks for a call's recording to be fetched, or for the provider's copy of one that is here already to be removed. Handling it
/// twice changes nothing the second time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingReady {
    tenant_id: String,
    pub call_id: CallId,
}

impl RecordingReady {
    #[must_use]
    pub fn new(tenant: &TenantId, call: &CallId) -> Self {
        Self { tenant_id: tenant.to_string(), call_id: call.clone() }
    }

    /// The tenant; `None` where the message names something that cannot be one.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        #[expect(clippy::disallowed_methods, reason = "only our own functions may send to the queue")]
        ClaimedTenant::parse(&self.tenant_id).map(|claim| claim.vouch(Provenance::OwnRecord))
    }
}

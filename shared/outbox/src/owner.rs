//! "A user has left": from whoever deactivates users to whoever keeps what they owned.

use kernel::{ClaimedTenant, Provenance, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// Hands what one user owns to another. Handling it twice changes nothing the second time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerLeft {
    tenant_id: String,
    pub from: UserId,
    pub to: UserId,
    /// Where a part that was too long for one go ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl OwnerLeft {
    #[must_use]
    pub fn new(tenant: &TenantId, from: UserId, to: UserId) -> Self {
        Self { tenant_id: tenant.to_string(), from, to, after: None }
    }

    /// The rest of the work, from behind `after`.
    #[must_use]
    pub fn behind(&self, after: String) -> Self {
        Self { after: Some(after), ..self.clone() }
    }

    /// The tenant; `None` where the message names something that cannot be one.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        #[expect(clippy::disallowed_methods, reason = "only our own functions may send to the queue")]
        ClaimedTenant::parse(&self.tenant_id).map(|claim| claim.vouch(Provenance::OwnRecord))
    }
}

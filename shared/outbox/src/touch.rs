//! "A contact was spoken to": from the stream to whoever keeps `last_touched_at`.

use kernel::{ClaimedTenant, ContactId, Provenance, TenantId, UtcTime};
use serde::{Deserialize, Serialize};

/// Says when something happened with a contact. Handling it twice, or after a later one, changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactTouched {
    tenant_id: String,
    pub contact_id: ContactId,
    pub occurred_at: UtcTime,
}

impl ContactTouched {
    #[must_use]
    pub fn new(tenant: &TenantId, contact_id: ContactId, occurred_at: UtcTime) -> Self {
        Self { tenant_id: tenant.to_string(), contact_id, occurred_at }
    }

    /// The tenant; `None` where the message names something that cannot be one.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        #[expect(clippy::disallowed_methods, reason = "only our own relay may send to the queue")]
        ClaimedTenant::parse(&self.tenant_id).map(|claim| claim.vouch(Provenance::OwnRecord))
    }
}

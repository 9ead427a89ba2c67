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
    /// How often it has been sent again because what it takes was not to be had.
    #[serde(default)]
    retries: u8,
}

/// So often a message is sent again before it is left to its queue.
const MOST_RETRIES: u8 = 3;

impl SearchChanged {
    #[must_use]
    pub fn new(tenant: &TenantId, written_at: UtcTime) -> Self {
        Self { tenant_id: tenant.to_string(), written_at, rebuild: false, retries: 0 }
    }

    /// Asks for shards made from the contacts themselves.
    #[must_use]
    pub fn rebuild(tenant: &TenantId, now: UtcTime) -> Self {
        Self { rebuild: true, ..Self::new(tenant, now) }
    }

    /// The same, to be sent again; `None` where that has been done often enough.
    #[must_use]
    pub fn again(&self) -> Option<Self> {
        (self.retries < MOST_RETRIES).then(|| Self { retries: self.retries + 1, ..self.clone() })
    }

    /// The tenant; `None` where the message names something that cannot be one.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        #[expect(clippy::disallowed_methods, reason = "only our own functions may send to the queue")]
        ClaimedTenant::parse(&self.tenant_id).map(|claim| claim.vouch(Provenance::OwnRecord))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_sent_again_a_few_times() {
        let text = r#"{"tenant_id": "tnt_a", "written_at": "2026-11-22T09:31:00.000Z"}"#;
        let first: SearchChanged = serde_json::from_str(text).unwrap();
        let read = |message: &SearchChanged| {
            serde_json::from_str::<SearchChanged>(&serde_json::to_string(message).unwrap()).unwrap()
        };
        let sent = std::iter::successors(Some(first), |message| read(message).again());
        assert_eq!(sent.count(), 4);
    }
}

//! An event and whom it concerns: what the dispatcher works on, and what waits in a tenant's lane. It holds ids, times and states,
//! never personal data.

use kernel::{ClaimedTenant, ContactId, Failure, NotificationKind, Provenance, TenantId, UserId};
use serde::{Deserialize, Serialize};

use crate::event::Event;

/// One event on its way to the logs of those concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    tenant_id: String,
    pub event_id: String,
    /// Whose contact it is about; only who may see it is told.
    pub contact_id: Option<ContactId>,
    /// The event as JSON, as it goes into frames.
    pub event: String,
    /// Each once. Whoever watches the contact comes on top.
    pub concerned: Vec<UserId>,
    /// Who is notified on top of being told, and of what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Its place in the tenant's lane, where it went that way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane_number: Option<i64>,
}

/// A notification to be made for a user, if they want it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub user: UserId,
    pub kind: NotificationKind,
    pub subject_id: Option<String>,
    pub actor_id: Option<UserId>,
}

impl Delivery {
    pub fn new(tenant: &TenantId, event: &Event, concerned: &[UserId]) -> Result<Self, Failure> {
        let mut each_once: Vec<UserId> = Vec::with_capacity(concerned.len());
        for user in concerned {
            if !each_once.contains(user) {
                each_once.push(user.clone());
            }
        }
        Ok(Self {
            tenant_id: tenant.to_string(),
            event_id: event.id.as_str().to_owned(),
            contact_id: event.contact_id.clone(),
            event: serde_json::to_string(event).map_err(Failure::internal)?,
            concerned: each_once,
            notices: Vec::new(),
            lane_number: None,
        })
    }

    /// The same with these notices.
    #[must_use]
    pub fn noticed(self, notices: Vec<Notice>) -> Self {
        Self { notices, ..self }
    }

    /// The same in its tenant's lane.
    #[must_use]
    pub fn in_lane(&self, number: i64) -> Self {
        Self { lane_number: Some(number), ..self.clone() }
    }

    /// The tenant; `None` where the message names something that cannot be one.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        #[expect(clippy::disallowed_methods, reason = "only our own dispatcher may send to the lanes")]
        ClaimedTenant::parse(&self.tenant_id).map(|claim| claim.vouch(Provenance::OwnRecord))
    }
}

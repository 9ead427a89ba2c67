//! "A reminder is due": from the sweep over what is due to whoever rings.

use kernel::{ClaimedTenant, Provenance, TaskId, TenantId, UtcTime};
use serde::{Deserialize, Serialize};

/// Names a reminder by its task and its time. Handling it twice, or after the task has changed, reminds nobody again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDue {
    tenant_id: String,
    pub task_id: TaskId,
    pub remind_at: UtcTime,
}

impl TaskDue {
    #[must_use]
    pub fn new(tenant: &TenantId, task_id: TaskId, remind_at: UtcTime) -> Self {
        Self { tenant_id: tenant.to_string(), task_id, remind_at }
    }

    /// The tenant; `None` where the message names something that cannot be one.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        #[expect(clippy::disallowed_methods, reason = "only our own sweep may send to the queue")]
        ClaimedTenant::parse(&self.tenant_id).map(|claim| claim.vouch(Provenance::OwnRecord))
    }
}

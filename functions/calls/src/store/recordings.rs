//! What recordings add to the rows of calls: the tenant's policy, and who was let at them.

use kernel::{CallId, Failure, RecordingPolicy, UserId, UtcTime};
use table::{ItemBuilder, ItemReader};

use super::CallStore;
use crate::recorded::Recorded;

/// What somebody was let at a recording for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingAction {
    /// A link to hear it.
    Linked,
    Deleted,
}

impl RecordingAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Deleted => "deleted",
        }
    }
}

/// As it stands in the call's row: nothing for the calls that nobody records, which are most.
pub(super) fn text_of(recorded: &Recorded) -> Result<Option<String>, Failure> {
    if *recorded == Recorded::default() {
        return Ok(None);
    }
    serde_json::to_string(recorded).map(Some).map_err(Failure::internal)
}

impl CallStore<'_> {
    /// What the tenant has decided about recording calls.
    pub async fn recording_policy(&self) -> Result<RecordingPolicy, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().tenant()).await?;
        let item = item.ok_or(Failure::NotFound("tenant"))?;
        Ok(ItemReader::new(&item).parsed("recording_policy", RecordingPolicy::parse)?)
    }

    /// Writes down that `user` was let at the call's recording, to do what `action` says.
    pub async fn note_access(
        &self,
        call: &CallId,
        user: &UserId,
        action: RecordingAction,
        now: UtcTime,
    ) -> Result<(), Failure> {
        let key = self.scope.table.keys().recording_access(call, now, user);
        let item = ItemBuilder::new(&key).text("user_id", user.as_str()).text("action", action.as_str());
        Ok(self.scope.table.put_any(item.time("at", now).build()).await?)
    }
}

//! The scheduled worker that finds the reminders of all tenants which are due before it comes again, and sends each on its way for
//! the second at which it is.

use std::sync::Arc;

use kernel::{Ambient, ClaimedTenant, Failure, PLATFORM_TENANT, Provenance, TenantId, UtcTime};
use lambda::Environment;
use outbox::{Queue, TaskDue};
use serde::Serialize;
use table::{DueReminder, REMINDER_SHARDS};
use tenancy::DataRole;

pub const FUNCTION: &str = "tasks-sweep";

/// It comes every minute, and now and then some seconds late. What is sent twice reminds once.
const AHEAD_SECONDS: i64 = 75;

/// What sweeping is built from.
pub struct SweepApp {
    /// Reaches the index of what is due, across tenants, and no tenant's rows.
    pub(crate) directory: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
    pub(crate) reminders: Queue,
}

impl SweepApp {
    pub async fn from_environment() -> Self {
        let directory = Environment::data_role().await;
        let ambient = directory.installation().ambient.clone();
        Self { directory, ambient, reminders: Environment::queue("TASK_REMINDERS_QUEUE_URL").await }
    }
}

/// How it went.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    reminders: usize,
}

/// Looks through all shards side by side. One that fails fails the invocation, after the others are done.
pub async fn handle(app: &SweepApp) -> Result<Summary, Failure> {
    let platform = ClaimedTenant::parse(PLATFORM_TENANT).map(vouched);
    let platform = platform.ok_or_else(|| Failure::internal("the platform has no tenant"))?;
    let scope = app.directory.open(&platform).await;
    let now = app.ambient.now();
    let shards = (0..REMINDER_SHARDS).map(|shard| Box::pin(shard_of(app, &scope.table, shard, now)));
    let sent = futures_util::future::join_all(shards).await;
    let reminders = sent.into_iter().sum::<Result<usize, Failure>>()?;
    Ok(Summary { reminders })
}

async fn shard_of(
    app: &SweepApp,
    table: &table::TenantTable,
    shard: u8,
    now: UtcTime,
) -> Result<usize, Failure> {
    let (mut sent, mut after) = (0, None);
    loop {
        let (due, last) = table.due_reminders(shard, now.plus_seconds(AHEAD_SECONDS), after).await?;
        let messages: Vec<_> = due.into_iter().map(|reminder| message(reminder, now)).collect();
        app.reminders.send_each_later(&messages).await?;
        sent += messages.len();
        after = last;
        if after.is_none() {
            return Ok(sent);
        }
    }
}

/// A message, and for how many seconds nobody gets it.
fn message(reminder: DueReminder, now: UtcTime) -> (TaskDue, i32) {
    let DueReminder { tenant, task, remind_at } = reminder;
    let wait = (remind_at.as_millisecond() - now.as_millisecond()).max(0);
    // Not before its time.
    let seconds = i32::try_from(wait.saturating_add(999) / 1000).unwrap_or(i32::MAX);
    (TaskDue::new(&vouched(tenant), task, remind_at), seconds)
}

fn vouched(claim: ClaimedTenant) -> TenantId {
    #[expect(
        clippy::disallowed_methods,
        reason = "a reminder lies in its own tenant's partition, which only that tenant's sessions write to"
    )]
    claim.vouch(Provenance::OwnRecord)
}

#[cfg(test)]
mod tests;

//! The queue worker that rings: it notes on the task that its assignee has been reminded, and what follows from that follows from
//! the table's stream.

use kernel::{Ambient, Failure, UserId};
use lambda::worker::{QueueBatch, QueueOutcome};
use outbox::TaskDue;
use table::{ItemReader, read_contact_access};
use tenancy::TenantScope;

use super::{store::TaskStore, task::Task};
use crate::app::WriterApp;

pub const FUNCTION: &str = "tasks-remind";

/// Against others who change the task at the same moment.
const ATTEMPTS: usize = 4;

/// What fails goes back to the queue, alone.
pub async fn handle(app: &WriterApp, batch: QueueBatch) -> Result<QueueOutcome, Failure> {
    Ok(batch.each(async |body| ring(app, body).await).await)
}

async fn ring(app: &WriterApp, body: &str) -> Result<(), Failure> {
    let due: TaskDue = serde_json::from_str(body).map_err(Failure::internal)?;
    let tenant = due.tenant().ok_or_else(|| Failure::internal("the message names no tenant"))?;
    remind(&app.data.open(&tenant).await, &*app.ambient, &due).await
}

/// Nothing happens where the task has gone, is done, was put off, or has been reminded of already.
async fn remind(scope: &TenantScope, ambient: &dyn Ambient, due: &TaskDue) -> Result<(), Failure> {
    let store = TaskStore::open(scope).await?;
    for _ in 0..ATTEMPTS {
        let Some(task) = store.find(&due.task_id).await? else { return Ok(()) };
        if task.remind_at != Some(due.remind_at) {
            return Ok(());
        }
        let assignee = whose(scope, &task).await?;
        match store.replace(&task, &task.reminded(&assignee, ambient.now())).await {
            Err(Failure::Stale) => {}
            outcome => return outcome,
        }
    }
    Err(Failure::Unavailable("the task changes too fast".into()))
}

/// Whose it is to do: where its assignee has left, it falls to the contact's owner.
async fn whose(scope: &TenantScope, task: &Task) -> Result<UserId, Failure> {
    let keys = scope.table.keys();
    let user = scope.table.get(&keys.user(&task.assignee_id)).await?;
    let works_here = |user| ItemReader::new(user).optional_text("status") != Some("disabled");
    if user.as_ref().is_some_and(works_here) {
        return Ok(task.assignee_id.clone());
    }
    let contact = scope.table.get(&keys.contact(&task.contact_id)).await?;
    let access = contact.map_or(Ok(None), |contact| read_contact_access(&contact))?;
    Ok(access.map_or_else(|| task.assignee_id.clone(), |access| access.owner))
}

#[cfg(test)]
mod tests;

//! `PATCH /v1/tasks/{task_id}`

use kernel::{Action, Caller, Failure, Faults, TaskId, UtcTime, activity::TaskStatus};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::{Deserialize, Deserializer};

use super::{
    create::check_assignee,
    input,
    store::TaskStore,
    task::{Task, TaskChange},
};
use crate::{app::WriterApp, sight};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("tasks-update", Method::PATCH, "/v1/tasks/{task_id}", Action::WriteTasks);

/// What is left out stays as it is; reminder and snooze are taken away by null.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "a merge patch tells a field that is null from one that is left out"
)]
struct ChangeInput {
    #[serde(default, deserialize_with = "present")]
    text: Option<String>,
    #[serde(default, deserialize_with = "present")]
    assignee_id: Option<String>,
    #[serde(default, deserialize_with = "present")]
    due_at: Option<String>,
    #[serde(default, deserialize_with = "present")]
    remind_before_seconds: Option<Option<i64>>,
    #[serde(default, deserialize_with = "present")]
    snoozed_until: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    status: Option<String>,
}

/// Tells a field that is null from one that is not there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl ChangeInput {
    fn read(self, now: UtcTime) -> Result<TaskChange, Failure> {
        let mut faults = Faults::default();
        let change = TaskChange {
            text: self.text.map(|text| input::text(&text, &mut faults)),
            assignee_id: self.assignee_id.and_then(|id| input::assignee(&id, &mut faults)),
            due_at: self.due_at.map(|time| input::due_at(&time, now, &mut faults)),
            remind_before_seconds: self
                .remind_before_seconds
                .map(|before| before.map(|seconds| input::remind_before(seconds, &mut faults))),
            snoozed_until: self
                .snoozed_until
                .map(|until| until.map(|time| input::snoozed_until(&time, now, &mut faults))),
            status: self.status.and_then(|status| input::status(&status, &mut faults)),
        };
        faults.into_result()?;
        Ok(change)
    }
}

/// Changes a task: does it, puts it off, hands it on. Whoever is to do it from now on is told.
pub async fn handle(app: &WriterApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("task_id", "task", TaskId::parse)?;
    let version = request.if_match()?;
    let given: ChangeInput = request.body()?;
    let now = app.ambient.now();
    let change = given.read(now)?;

    let scope = app.data.open(&caller.tenant).await;
    let store = TaskStore::open(&scope).await?;
    let task = store.find(&id).await?.ok_or(Failure::NotFound("task"))?;
    let access = seen(&scope.table, &task, &caller).await?;
    task.permit_change(&caller, &access.owner)?;
    if task.version != version {
        return Err(Failure::Stale);
    }
    let to = change.assignee_id.as_ref().filter(|to| **to != task.assignee_id && **to != caller.user);
    if let Some(to) = to {
        check_assignee(&scope, to, &access).await?;
    }
    let stays_done = change.status.unwrap_or(task.status) == TaskStatus::Done;
    if stays_done && matches!(change.snoozed_until, Some(Some(_))) {
        return Err(Failure::field("snoozed_until", "task_done", "A task that is done is not put off."));
    }
    let next = task.changed(change, &caller.user, now);
    if next.version != task.version {
        store.replace(&task, &next).await?;
    }
    Ok(Reply::ok(&next)?.versioned(next.version))
}

/// Who may see the task's contact; whoever may not finds no task.
pub async fn seen(
    table: &table::TenantTable,
    task: &Task,
    caller: &Caller,
) -> Result<kernel::access::ContactAccess, Failure> {
    sight::access_for(table, &task.contact_id, caller).await.map_err(|failure| match failure {
        Failure::NotFound(_) => Failure::NotFound("task"),
        other => other,
    })
}

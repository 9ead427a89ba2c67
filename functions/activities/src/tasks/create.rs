//! `POST /v1/tasks`

use kernel::{Action, Caller, ContactId, Failure, Faults, TaskId, UserId, UtcTime};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use super::{
    input,
    store::TaskStore,
    task::{NewTask, Task},
};
use crate::{app::WriterApp, sight};

pub const ROUTE: RouteSpec = RouteSpec::bearer("tasks-create", Method::POST, "/v1/tasks", Action::WriteTasks);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TaskInput {
    contact_id: ContactId,
    text: String,
    due_at: String,
    /// Null: no reminder.
    #[serde(default = "when_due")]
    remind_before_seconds: Option<i64>,
    /// The caller, where it is left out.
    assignee_id: Option<String>,
}

/// Left out, the reminder comes when the task is due.
#[expect(clippy::unnecessary_wraps, reason = "the field's default has the field's type")]
fn when_due() -> Option<i64> {
    Some(0)
}

impl TaskInput {
    fn read(self, caller: &Caller, now: UtcTime) -> Result<NewTask, Failure> {
        let mut faults = Faults::default();
        let assignee = self.assignee_id.map(|id| input::assignee(&id, &mut faults));
        let task = NewTask {
            text: input::text(&self.text, &mut faults),
            assignee_id: assignee.flatten().unwrap_or_else(|| caller.user.clone()),
            due_at: input::due_at(&self.due_at, now, &mut faults),
            remind_before_seconds: self
                .remind_before_seconds
                .map(|seconds| input::remind_before(seconds, &mut faults)),
        };
        faults.into_result()?;
        Ok(task)
    }
}

/// Sets a task about a contact, for the caller unless the body names somebody else, who is told then.
pub async fn handle(app: &WriterApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let given: TaskInput = request.body()?;
    let (contact, now) = (given.contact_id.clone(), app.ambient.now());
    let given = given.read(&caller, now)?;
    let scope = app.data.open(&caller.tenant).await;
    let access = sight::access_for(&scope.table, &contact, &caller).await?;
    if given.assignee_id != caller.user {
        check_assignee(&scope, &given.assignee_id, &access).await?;
    }
    let store = TaskStore::open(&scope).await?;
    let id = TaskId::with_suffix(&request.suffix(&*app.ambient));
    let task = Task::new(id, contact, access.owner, &caller.user, given, now);
    let task = match store.insert(&task).await {
        Ok(()) => task,
        // The same request got so far before.
        Err(Failure::Stale) => store.find(&task.id).await?.ok_or(Failure::Stale)?,
        Err(failure) => return Err(failure),
    };
    Ok(Reply::created(&task)?.versioned(task.version))
}

/// Refuses whoever is no active user of the tenant or may not see the contact.
pub async fn check_assignee(
    scope: &tenancy::TenantScope,
    assignee: &UserId,
    access: &kernel::access::ContactAccess,
) -> Result<(), Failure> {
    let blind = sight::blind_among(scope, std::slice::from_ref(assignee), access).await?;
    match blind.into_iter().flatten().next() {
        None => Ok(()),
        Some(blind) => {
            let (code, message) = blind.code_and_message();
            Err(Failure::field("assignee_id", code, message))
        }
    }
}

//! `DELETE /v1/tasks/{task_id}`

use kernel::{Action, Caller, Failure, TaskId};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{store::TaskStore, update::seen};
use crate::app::WriterApp;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("tasks-delete", Method::DELETE, "/v1/tasks/{task_id}", Action::WriteTasks);

/// Takes a task off its assignee's list and its contact's timeline, for good.
pub async fn handle(app: &WriterApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("task_id", "task", TaskId::parse)?;
    request.query(&[])?;
    let version = request.if_match()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = TaskStore::open(&scope).await?;
    let task = store.find(&id).await?.ok_or(Failure::NotFound("task"))?;
    let access = seen(&scope.table, &task, &caller).await?;
    task.permit_change(&caller, &access.owner)?;
    if task.version != version {
        return Err(Failure::Stale);
    }
    store.remove(&task).await?;
    Ok(Reply::no_content())
}

//! `GET /v1/tasks`

use kernel::{Action, Caller, ContactId, Failure, Page, UserId, activity::TaskStatus};
use lambda::{Method, Query, Reply, Request, RouteSpec};
use table::Position;
use vault::CursorBinding;

use super::store::{Of, TaskStore};
use crate::{app::App, sight};

pub const ROUTE: RouteSpec = RouteSpec::bearer("tasks-list", Method::GET, "/v1/tasks", Action::ReadTasks);

/// Whose tasks are wanted.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    contact: Option<ContactId>,
    assignee: Option<UserId>,
    status: TaskStatus,
}

impl Wanted {
    fn read(query: &Query) -> Result<Self, Failure> {
        let invalid = |field: &'static str, what: &'static str| Failure::field(field, "invalid_id", what);
        let contact = query.get("contact_id").map(|text| {
            ContactId::parse(text).ok_or_else(|| invalid("contact_id", "Expected a contact's id."))
        });
        let assignee = query
            .get("assignee_id")
            .map(|text| UserId::parse(text).ok_or_else(|| invalid("assignee_id", "Expected a user's id.")));
        let status = query.get("status").unwrap_or(TaskStatus::Open.as_str());
        let unknown = || Failure::field("status", "unknown_value", "Expected open or done.");
        Ok(Self {
            contact: contact.transpose()?,
            assignee: assignee.transpose()?,
            status: TaskStatus::parse(status).ok_or_else(unknown)?,
        })
    }

    /// In a fixed form, for binding a cursor.
    fn fingerprint(&self, caller: &Caller) -> String {
        let contact = self.contact.as_ref().map_or("", ContactId::as_str);
        let assignee = self.assignee.as_ref().unwrap_or(&caller.user);
        format!("{contact} {assignee} {} {}", self.assignee.is_some(), self.status.as_str())
    }
}

/// A contact's tasks, or a user's: the caller's, unless the query names somebody else. A page may hold less than its limit where
/// much is not the caller's to see.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let query = request.query(&["contact_id", "assignee_id", "status", "limit", "cursor"])?;
    let (limit, wanted) = (query.limit()?, Wanted::read(&query)?);
    let filter = wanted.fingerprint(&caller);
    let binding = CursorBinding { route: ROUTE.function, filter: &filter };
    let scope = app.data.open(&caller.tenant).await;
    let vault = scope.vault().await?;
    let cursor = query.get("cursor").map(|cursor| vault.read_cursor(binding, cursor)).transpose()?;
    let after = cursor.map(|text| Position(text.split('\n').map(str::to_owned).collect()));

    let of = match &wanted.contact {
        Some(contact) => {
            sight::access_for(&scope.table, contact, &caller).await?;
            Of::Contact(contact.clone())
        }
        None => Of::Assignee(wanted.assignee.clone().unwrap_or_else(|| caller.user.clone())),
    };
    let store = TaskStore::open(&scope).await?;
    let (mut tasks, last) = store.page(&of, wanted.status, limit.get(), after).await?;
    match of {
        Of::Contact(_) => {
            tasks.retain(|task| wanted.assignee.as_ref().is_none_or(|user| task.assignee_id == *user));
        }
        Of::Assignee(_) => {
            let contacts: Vec<_> = tasks.iter().map(|task| task.contact_id.clone()).collect();
            let seen = sight::seen_of(&scope.table, &caller, &contacts).await?;
            tasks.retain(|task| seen.contains(&task.contact_id));
        }
    }
    let last = last.map(|position| position.0.join("\n"));
    let next_cursor = last.map(|position| vault.write_cursor(binding, &position)).transpose()?;
    Reply::ok(&Page { items: tasks, next_cursor })
}

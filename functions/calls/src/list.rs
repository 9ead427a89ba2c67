//! `GET /v1/calls`

use kernel::{Action, Caller, ContactId, Failure, Page, UserId, UtcTime};
use lambda::{Method, Query, Reply, Request, RouteSpec};
use table::CallSource;
use vault::CursorBinding;

use crate::{app::App, store::CallStore, view::CallView};

pub const ROUTE: RouteSpec = RouteSpec::bearer("calls-list", Method::GET, "/v1/calls", Action::ReadCalls);

/// Calls, the latest first: a contact's, a user's, or all that the caller may see. A page may hold fewer than `limit` although
/// more follow, because what the caller may not see is left out of it.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let query =
        request.query(&["contact_id", "user_id", "created_after", "created_before", "limit", "cursor"])?;
    let limit = query.limit()?;
    let (after, before) = (time(&query, "created_after")?, time(&query, "created_before")?);
    let source = source(&query)?;
    let text = |name| query.get(name).unwrap_or_default();
    let filter = ["contact_id", "user_id", "created_after", "created_before"].map(text).join(" ");
    let binding = CursorBinding { route: ROUTE.function, filter: &filter };

    let scope = app.data.open(&caller.tenant).await;
    let store = CallStore::open(&scope).await?;
    if let CallSource::Contact(contact) = &source
        && !store.contact_visible_to(contact, &caller).await?
    {
        return Err(Failure::NotFound("contact"));
    }
    let vault = scope.vault().await?;
    let position = query.get("cursor").map(|cursor| vault.read_cursor(binding, cursor)).transpose()?;
    let stretch = table::CallStretch::between(after, before, limit.get(), position);
    let (calls, last) = store.list(&source, &stretch, &caller).await?;
    let next_cursor = last.map(|position| vault.write_cursor(binding, &position)).transpose()?;
    Reply::ok(&Page { items: calls.into_iter().map(CallView::of).collect(), next_cursor })
}

fn source(query: &Query) -> Result<CallSource, Failure> {
    let invalid = |field| Failure::field(field, "invalid_value", "This is no id of that kind.");
    match (query.get("contact_id"), query.get("user_id")) {
        (Some(_), Some(_)) => Err(Failure::field(
            "user_id",
            "unsupported_combination",
            "Calls are listed by contact or by user, not by both.",
        )),
        (Some(contact), None) => {
            ContactId::parse(contact).map(CallSource::Contact).ok_or_else(|| invalid("contact_id"))
        }
        (None, Some(user)) => UserId::parse(user).map(CallSource::User).ok_or_else(|| invalid("user_id")),
        (None, None) => Ok(CallSource::Tenant),
    }
}

fn time(query: &Query, name: &'static str) -> Result<Option<UtcTime>, Failure> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let time = UtcTime::parse(text);
    time.map(Some).ok_or_else(|| Failure::field(name, "invalid_time", "Expected an RFC 3339 time."))
}

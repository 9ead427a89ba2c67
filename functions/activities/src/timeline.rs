//! `GET /v1/contacts/{contact_id}/timeline`

use kernel::{Action, Caller, ContactId, Failure, Page};
use lambda::{Method, Query, Reply, Request, RouteSpec};
use table::{Direction, Range, read_activity, read_contact_access};
use vault::CursorBinding;

use crate::app::App;

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "activities-timeline",
    Method::GET,
    "/v1/contacts/{contact_id}/timeline",
    Action::ReadTimelines,
);

/// The kinds of activity there are; `types` may name some of them.
const KINDS: [&str; 1] = ["call"];

/// What happened with a contact, by when it happened, strongly consistent.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let contact = request.path("contact_id", "contact", ContactId::parse)?;
    let query = request.query(&["types", "order", "limit", "cursor"])?;
    let (limit, direction, types) = (query.limit()?, order(&query)?, types(&query)?);
    let filter = format!("{contact} {direction:?} {}", types.join(","));
    let binding = CursorBinding { route: ROUTE.function, filter: &filter };

    let scope = app.data.open(&caller.tenant).await;
    let (vault, keys) = (scope.vault().await?, scope.table.keys());
    let after = query.get("cursor").map(|cursor| vault.read_cursor(binding, cursor)).transpose()?;
    let range = Range { partition: keys.timeline(&contact), direction, limit: limit.get(), after };
    let contact_key = keys.contact(&contact);
    let (contact_item, page) = tokio::try_join!(scope.table.get(&contact_key), scope.table.query(&range))?;
    let access = contact_item.map_or(Ok(None), |item| read_contact_access(&item))?;
    access.filter(|access| access.visible_to(&caller)).ok_or(Failure::NotFound("contact"))?;

    let mut items = Vec::with_capacity(page.items.len());
    for item in &page.items {
        let activity = read_activity(item)?;
        if types.contains(&activity.body.kind()) {
            items.push(activity);
        }
    }
    let next_cursor = page.last.map(|position| vault.write_cursor(binding, &position)).transpose()?;
    Reply::ok(&Page { items, next_cursor })
}

fn order(query: &Query) -> Result<Direction, Failure> {
    match query.get("order") {
        None | Some("newest") => Ok(Direction::Descending),
        Some("oldest") => Ok(Direction::Ascending),
        Some(_) => Err(Failure::field("order", "unknown_value", "Expected newest or oldest.")),
    }
}

fn types(query: &Query) -> Result<Vec<&'static str>, Failure> {
    let Some(wanted) = query.get("types") else { return Ok(KINDS.to_vec()) };
    let find = |name: &str| KINDS.into_iter().find(|kind| *kind == name);
    let known: Option<Vec<_>> = wanted.split(',').map(find).collect();
    known.ok_or_else(|| {
        Failure::field("types", "unknown_value", format!("Expected some of {}.", KINDS.join(", ")))
    })
}

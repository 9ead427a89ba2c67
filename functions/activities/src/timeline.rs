//! `GET /v1/contacts/{contact_id}/timeline`

use kernel::{Action, Activity, Caller, ContactId, Failure, Page};
use lambda::{Method, Query, Reply, Request, RouteSpec};
use table::{Direction, Range, TenantTable, read_activity, read_contact_access};
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
    let vault = scope.vault().await?;
    let after = query.get("cursor").map(|cursor| vault.read_cursor(binding, cursor)).transpose()?;
    let range =
        Range { partition: scope.table.keys().timeline(&contact), direction, limit: limit.get(), after };
    let stretch = read(&scope.table, &caller, &contact, &range).await?;
    let shown = stretch.activities.into_iter().filter(|activity| types.contains(&activity.body.kind()));
    let next_cursor = stretch.last.map(|position| vault.write_cursor(binding, &position)).transpose()?;
    Reply::ok(&Page { items: shown.collect(), next_cursor })
}

/// Part of a timeline; `last` is the position to go on behind.
#[derive(Debug)]
struct Stretch {
    activities: Vec<Activity>,
    last: Option<String>,
}

/// [`Failure::NotFound`] where there is no contact that `caller` may see, whatever lies on its timeline.
async fn read(
    table: &TenantTable,
    caller: &Caller,
    contact: &ContactId,
    range: &Range,
) -> Result<Stretch, Failure> {
    let contact_key = table.keys().contact(contact);
    let (contact_item, page) = tokio::try_join!(table.get(&contact_key), table.query(range))?;
    let access = contact_item.map_or(Ok(None), |item| read_contact_access(&item))?;
    let access = access.ok_or(Failure::NotFound("contact"))?;
    if !table.sees(caller, &access).await? {
        return Err(Failure::NotFound("contact"));
    }
    let activities = page.items.iter().map(read_activity).collect::<Result<_, _>>()?;
    Ok(Stretch { activities, last: page.last })
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

#[cfg(test)]
mod tests;

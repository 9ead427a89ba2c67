//! `GET /v1/contacts/{contact_id}/timeline`

use kernel::{Action, Caller, ContactId, Failure, Page};
use lambda::{Method, Query, Reply, Request, RouteSpec};
use table::{Direction, Item, Range, TenantTable, read_contact_access};
use vault::CursorBinding;

use crate::{
    app::App,
    shown::{Wanted, shown},
};

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "activities-timeline",
    Method::GET,
    "/v1/contacts/{contact_id}/timeline",
    Action::ReadTimelines,
);

/// What happened with a contact, by when it happened, strongly consistent.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let contact = request.path("contact_id", "contact", ContactId::parse)?;
    let query = request.query(&["types", "user_id", "order", "limit", "cursor"])?;
    let (limit, direction, wanted) = (query.limit()?, order(&query)?, Wanted::read(&query)?);
    let filter = format!("{contact} {direction:?} {wanted}");
    let binding = CursorBinding { route: ROUTE.function, filter: &filter };

    let scope = app.data.open(&caller.tenant).await;
    let vault = scope.vault().await?;
    let after = query.get("cursor").map(|cursor| vault.read_cursor(binding, cursor)).transpose()?;
    let range =
        Range { partition: scope.table.keys().timeline(&contact), direction, limit: limit.get(), after };
    let stretch = read(&scope.table, &caller, &contact, &range).await?;
    let items = stretch.items.iter().map(|item| shown(&vault, item, &wanted));
    let items = items.filter_map(Result::transpose).collect::<Result<Vec<_>, Failure>>()?;
    let next_cursor = stretch.last.map(|position| vault.write_cursor(binding, &position)).transpose()?;
    Reply::ok(&Page { items, next_cursor })
}

/// Part of a timeline; `last` is the position to go on behind.
#[derive(Debug)]
struct Stretch {
    items: Vec<Item>,
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
    Ok(Stretch { items: page.items, last: page.last })
}

fn order(query: &Query) -> Result<Direction, Failure> {
    match query.get("order") {
        None | Some("newest") => Ok(Direction::Descending),
        Some("oldest") => Ok(Direction::Ascending),
        Some(_) => Err(Failure::field("order", "unknown_value", "Expected newest or oldest.")),
    }
}

#[cfg(test)]
mod tests;

//! `GET /v1/feed`

use kernel::{Action, Activity, Caller, Failure, Page};
use lambda::{Method, Reply, Request, RouteSpec};
use table::{Direction, FeedPosition, Item, TenantTable, read_activity};
use vault::CursorBinding;

use crate::{
    app::App,
    shown::{Wanted, shown},
    sight,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("activities-feed", Method::GET, "/v1/feed", Action::ReadTimelines);

/// What happened in the tenant, newest first, as far as the caller may see the contacts. From the index, which follows the table
/// within a moment. A page may hold less than its limit where much is not the caller's to see.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let query = request.query(&["types", "user_id", "limit", "cursor"])?;
    let (limit, wanted) = (query.limit()?, Wanted::read(&query)?);
    let filter = wanted.to_string();
    let binding = CursorBinding { route: ROUTE.function, filter: &filter };

    let scope = app.data.open(&caller.tenant).await;
    let vault = scope.vault().await?;
    let position = query.get("cursor").map(|cursor| vault.read_cursor(binding, cursor)).transpose()?;
    let after = position.map(|position| FeedPosition::parse(&position).ok_or_else(foreign_cursor));
    let (rows, last) =
        scope.table.feed(Direction::Descending, limit.get(), after.transpose()?.as_ref()).await?;
    let mut items: Vec<Activity> = Vec::with_capacity(rows.len());
    for row in visible(&scope.table, &caller, rows).await? {
        items.extend(shown(&vault, &row, &wanted)?);
    }
    let next_cursor = last.map(|last| vault.write_cursor(binding, &last.to_string())).transpose()?;
    Reply::ok(&Page { items, next_cursor })
}

fn foreign_cursor() -> Failure {
    Failure::field("cursor", "invalid_cursor", "This cursor does not belong to this list.")
}

/// Those whose contacts the caller may see now.
async fn visible(table: &TenantTable, caller: &Caller, rows: Vec<Item>) -> Result<Vec<Item>, Failure> {
    let contacts =
        rows.iter().map(|row| Ok(read_activity(row)?.contact_id)).collect::<Result<Vec<_>, Failure>>()?;
    let seen = sight::seen_of(table, caller, &contacts).await?;
    let shows = rows.into_iter().zip(contacts).filter(|(_, contact)| seen.contains(contact));
    Ok(shows.map(|(row, _)| row).collect())
}

#[cfg(test)]
mod tests;

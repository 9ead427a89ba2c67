//! `GET /v1/teams`

use kernel::{Action, Caller, Failure, Page};
use lambda::{Method, Reply, Request, RouteSpec};
use vault::CursorBinding;

use super::{store::TeamStore, team::TeamView};
use crate::app::App;

pub const ROUTE: RouteSpec = RouteSpec::bearer("teams-list", Method::GET, "/v1/teams", Action::ReadTeams);

const CURSOR: CursorBinding<'static> = CursorBinding { route: "teams-list", filter: "" };

/// The tenant's teams, in the order in which they were made.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let query = request.query(&["limit", "cursor"])?;
    let limit = query.limit()?;
    let scope = app.data.open(&caller.tenant).await;
    let vault = scope.vault().await?;
    let after = query.get("cursor").map(|cursor| vault.read_cursor(CURSOR, cursor)).transpose()?;
    let page = TeamStore::new(&scope).page(limit, after).await?;
    let next_cursor = page.last.map(|position| vault.write_cursor(CURSOR, &position)).transpose()?;
    let items = page.teams.into_iter().map(TeamView::from).collect();
    Reply::ok(&Page { items, next_cursor })
}

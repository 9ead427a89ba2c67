//! `GET /v1/users`

use kernel::{Action, Caller, Failure, Page};
use lambda::{Method, Reply, Request, RouteSpec};
use vault::CursorBinding;

use super::{
    store::UserStore,
    view::{UserView, visible_to},
};
use crate::app::App;

pub const ROUTE: RouteSpec = RouteSpec::bearer("users-list", Method::GET, "/v1/users", Action::ReadUsers);

const CURSOR: CursorBinding<'static> = CursorBinding { route: "users-list", filter: "" };

/// The caller's colleagues, in the order in which they came; those who have left are listed for admins alone.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let query = request.query(&["limit", "cursor"])?;
    let limit = query.limit()?;
    let scope = app.data.open(&caller.tenant).await;
    let vault = scope.vault().await?;
    let after = query.get("cursor").map(|cursor| vault.read_cursor(CURSOR, cursor)).transpose()?;
    let page = UserStore::open(&scope).await?.page(limit, after).await?;
    let next_cursor = page.last.map(|position| vault.write_cursor(CURSOR, &position)).transpose()?;
    let visible = page.users.into_iter().filter(|user| visible_to(user, &caller));
    let items = visible.map(|user| UserView::of(user, &caller)).collect();
    Reply::ok(&Page { items, next_cursor })
}

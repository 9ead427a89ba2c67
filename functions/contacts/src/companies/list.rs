//! `GET /v1/companies`

use kernel::{Action, Caller, Failure, Page};
use lambda::{Method, Reply, Request, RouteSpec};
use vault::CursorBinding;

use super::{store::CompanyStore, view::CompanyView};
use crate::app::App;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("companies-list", Method::GET, "/v1/companies", Action::ReadContacts);

const CURSOR: CursorBinding<'static> = CursorBinding { route: "companies-list", filter: "" };

/// Newest first, strongly consistent.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let query = request.query(&["limit", "cursor"])?;
    let limit = query.limit()?;
    let scope = app.data.open(&caller.tenant).await;
    let vault = scope.vault().await?;
    let after = query.get("cursor").map(|cursor| vault.read_cursor(CURSOR, cursor)).transpose()?;
    let page = CompanyStore::open(&scope).await?.page(limit, after).await?;
    let next_cursor = page.last.map(|position| vault.write_cursor(CURSOR, &position)).transpose()?;
    let items = page.companies.into_iter().map(CompanyView::from).collect();
    Reply::ok(&Page { items, next_cursor })
}

//! `GET /v1/platform/tenants`

use kernel::{Action, Caller, Failure, PLATFORM_TENANT, Page};
use lambda::{Method, Reply, Request, RouteSpec};
use vault::CursorBinding;

use super::view::PlatformTenantView;
use crate::app::App;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("tenants-list", Method::GET, "/v1/platform/tenants", Action::ManagePlatform);

const CURSOR: CursorBinding<'static> = CursorBinding { route: "tenants-list", filter: "" };

/// All tenants in the order of their ids. The operators' own is not among them: it is nobody's customer.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let query = request.query(&["limit", "cursor"])?;
    let limit = query.limit()?;
    let scope = app.data.open(&caller.tenant).await;
    let vault = scope.vault().await?;
    let after = query.get("cursor").map(|cursor| vault.read_cursor(CURSOR, cursor)).transpose()?;
    let page = scope.table.identities().directory(limit, after.as_deref()).await?;
    let next_cursor = page.last.map(|position| vault.write_cursor(CURSOR, &position)).transpose()?;
    let customers = page.tenants.into_iter().filter(|(id, _)| id.as_str() != PLATFORM_TENANT);
    let items = customers.map(|(id, standing)| PlatformTenantView::of(id.as_str(), standing)).collect();
    Reply::ok(&Page { items, next_cursor })
}

//! `GET /v1/notifications`

use kernel::{Action, Caller, Failure, Page};
use lambda::{Method, Reply, Request, RouteSpec};
use vault::CursorBinding;

use super::store::page;
use crate::app::KeeperApp;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("notifications-list", Method::GET, "/v1/notifications", Action::ReadNotifications);

/// The caller's notifications, newest first; with `unread=true` those not yet read, of which a page may hold fewer than its limit.
pub async fn handle(app: &KeeperApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let query = request.query(&["unread", "limit", "cursor"])?;
    let limit = query.limit()?;
    let unread = match query.get("unread") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Failure::field("unread", "unknown_value", "Expected true or false.")),
    };
    let filter = format!("{} {unread}", caller.user);
    let binding = CursorBinding { route: ROUTE.function, filter: &filter };
    let scope = app.data.open(&caller.tenant).await;
    let vault = scope.vault().await?;
    let after = query.get("cursor").map(|cursor| vault.read_cursor(binding, cursor)).transpose()?;
    let found = page(&scope.table, &caller.user, limit.get(), after).await?;
    let shown = found.notifications.into_iter().filter(|one| !unread || one.read_at.is_none());
    let next_cursor = found.last.map(|last| vault.write_cursor(binding, &last)).transpose()?;
    Reply::ok(&Page { items: shown.collect(), next_cursor })
}

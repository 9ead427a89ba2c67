//! `GET` and `PUT /v1/me/notification-preferences`

use kernel::{Action, Caller, Failure, NotificationPreferences};
use lambda::{Method, Reply, Request, RouteSpec};

use super::store::{preferences, put_preferences};
use crate::app::KeeperApp;

const PATH: &str = "/v1/me/notification-preferences";

pub const GET_ROUTE: RouteSpec =
    RouteSpec::bearer("notification-preferences-get", Method::GET, PATH, Action::ReadNotifications);

pub const PUT_ROUTE: RouteSpec =
    RouteSpec::bearer("notification-preferences-put", Method::PUT, PATH, Action::ReadNotifications);

/// What the caller wants; kinds that are not named are on.
pub async fn get(app: &KeeperApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    Reply::ok(&preferences(&scope.table, &caller.user).await?)
}

/// Takes the place of whatever the caller wanted before.
pub async fn put(app: &KeeperApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let wanted: NotificationPreferences = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    put_preferences(&scope.table, &caller.user, &wanted).await?;
    Reply::ok(&wanted)
}

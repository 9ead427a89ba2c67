//! `GET /v1/users/{user_id}`

use kernel::{Action, Caller, Failure, UserId};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{
    store::UserStore,
    view::{UserView, visible_to},
};
use crate::app::App;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("users-get", Method::GET, "/v1/users/{user_id}", Action::ReadUsers);

/// One colleague; who has left is there for admins alone.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("user_id", "user", UserId::parse)?;
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    let user = UserStore::open(&scope).await?.find(&id).await?;
    let user = user.filter(|user| visible_to(user, &caller)).ok_or(Failure::NotFound("user"))?;
    let version = user.version;
    Ok(Reply::ok(&UserView::of(user, &caller))?.versioned(version))
}

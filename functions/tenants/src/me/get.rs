//! `GET /v1/me`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use super::answer;
use crate::{app::AccountApp, users::store::UserStore};

pub const ROUTE: RouteSpec = RouteSpec::bearer("me-get", Method::GET, "/v1/me", Action::KeepOwnAccount);

/// The caller, as they stand now.
pub async fn handle(account: &AccountApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    request.query(&[])?;
    let scope = account.app.data.open(&caller.tenant).await;
    let store = UserStore::open(&scope).await?;
    let user = store.find(&caller.user).await?.ok_or(Failure::NotFound("user"))?;
    answer(account, &caller, &store, user).await
}

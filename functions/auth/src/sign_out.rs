//! `POST /v1/auth/sign-out`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::app::SessionApp;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("auth-sign-out", Method::POST, "/v1/auth/sign-out", Action::KeepOwnAccount);

/// Longer than a refresh token lives at the pool. One that was not taken back, because another was sent, goes on giving tokens of
/// this session until then.
const REMEMBERED_SECONDS: i64 = 31 * 24 * 60 * 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignOut {
    refresh_token: String,
}

/// Ends the session that the access token belongs to, and takes back the refresh token.
pub async fn handle(app: &SessionApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: SignOut = request.body()?;
    let session = request.session()?;
    if !input.refresh_token.is_empty() {
        app.sign_in.revoke(&input.refresh_token).await?;
    }
    let identities = app.data.open(&caller.tenant).await.table.identities();
    let end = app.ambient().now().plus_seconds(REMEMBERED_SECONDS);
    identities.end_session(&caller.tenant, &session.id, end).await?;
    Ok(Reply::no_content())
}

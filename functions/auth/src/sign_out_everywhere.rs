//! `POST /v1/auth/sign-out-everywhere`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::app::SessionApp;

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "auth-sign-out-everywhere",
    Method::POST,
    "/v1/auth/sign-out-everywhere",
    Action::KeepOwnAccount,
);

/// Ends every session of the caller, this one too: tokens, refresh tokens and open sockets.
pub async fn handle(app: &SessionApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let session = request.session()?;
    app.end_all(&caller.tenant, &session.sub).await?;
    Ok(Reply::no_content())
}

//! `POST /v1/auth/sign-out`

use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
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
    take_back(app, input.refresh_token).await?;
    let identities = app.data.open(&caller.tenant).await.table.identities();
    let end = app.ambient().now().plus_seconds(REMEMBERED_SECONDS);
    identities.end_session(&caller.tenant, &session.id, end).await?;
    Ok(Reply::no_content())
}

/// What is no refresh token of ours cannot be used either, so that is no failure (RFC 7009, 2.2).
async fn take_back(app: &SessionApp, refresh_token: String) -> Result<(), Failure> {
    if refresh_token.is_empty() {
        return Ok(());
    }
    let request = app.sign_in.pool.revoke_token().client_id(&app.sign_in.client_id).token(refresh_token);
    let Err(error) = request.send().await else { return Ok(()) };
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some(
            "InvalidParameterException"
            | "NotAuthorizedException"
            | "UnauthorizedException"
            | "UnsupportedTokenTypeException",
        ) => Ok(()),
        Some("TooManyRequestsException") => Err(Failure::Throttled { retry_after_seconds: 5 }),
        Some(_) => Err(Failure::internal(error)),
        None => Err(Failure::Unavailable(Box::new(error))),
    }
}

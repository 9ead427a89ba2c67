//! `POST /v1/auth/refresh`

use kernel::Failure;
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{app::RefreshApp, outcome::refreshed, throttle::Attempt};

pub const ROUTE: RouteSpec = RouteSpec::public("auth-refresh", Method::POST, "/v1/auth/refresh");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refresh {
    refresh_token: String,
}

/// New tokens for a refresh token, which is used up by that: the answer carries the next one. The token trigger looks at the user
/// again, so that who was disabled or suspended meanwhile gets nothing. Failures are counted, per token and per source.
pub async fn handle(app: &RefreshApp, request: Request) -> Result<Reply, Failure> {
    let input: Refresh = request.body()?;
    let refused = "the refresh token does not hold, or no longer";
    if input.refresh_token.is_empty() {
        return Err(Failure::Unauthenticated(refused));
    }
    let counted = app.throttle.admit(Attempt::Refresh, &input.refresh_token, request.source()).await?;
    let outcome = app.sign_in.refresh(&input.refresh_token, refused).await;
    let result = app.throttle.judge(counted, outcome).await?;
    Reply::ok(&refreshed(result, input.refresh_token)?)
}

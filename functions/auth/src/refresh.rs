//! `POST /v1/auth/refresh`

use kernel::Failure;
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    app::SignInApp,
    outcome::{refreshed, refusal},
};

pub const ROUTE: RouteSpec = RouteSpec::public("auth-refresh", Method::POST, "/v1/auth/refresh");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refresh {
    refresh_token: String,
}

/// New tokens for a refresh token, which is used up by that: the answer carries the next one. The token trigger looks at the user
/// again, so that who was disabled or suspended meanwhile gets nothing.
pub async fn handle(app: &SignInApp, request: Request) -> Result<Reply, Failure> {
    let input: Refresh = request.body()?;
    let refused = "the refresh token does not hold, or no longer";
    if input.refresh_token.is_empty() {
        return Err(Failure::Unauthenticated(refused));
    }
    let answer = app
        .pool
        .get_tokens_from_refresh_token()
        .client_id(&app.client_id)
        .refresh_token(&input.refresh_token)
        .send()
        .await
        .map_err(|error| refusal(error, refused))?;
    Reply::ok(&refreshed(answer.authentication_result, input.refresh_token)?)
}

//! `POST /v1/auth/sign-in`

use aws_sdk_cognitoidentityprovider::types::AuthFlowType;
use kernel::Failure;
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    app::SignInApp,
    outcome::{read, refusal},
};

pub const ROUTE: RouteSpec = RouteSpec::public("auth-sign-in", Method::POST, "/v1/auth/sign-in");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    email: String,
    password: String,
}

/// Tokens for an e-mail address and a password, or the challenge that comes before them.
pub async fn handle(app: &SignInApp, request: Request) -> Result<Reply, Failure> {
    let input: SignIn = request.body()?;
    let answer = app
        .pool
        .admin_initiate_auth()
        .user_pool_id(&app.pool_id)
        .client_id(&app.client_id)
        .auth_flow(AuthFlowType::AdminUserPasswordAuth)
        .auth_parameters("USERNAME", input.email.trim().to_lowercase())
        .auth_parameters("PASSWORD", input.password)
        .send()
        .await
        .map_err(|error| refusal(error, "the e-mail address or the password is wrong"))?;
    let outcome = read(
        answer.authentication_result,
        answer.challenge_name.as_ref(),
        answer.session,
        answer.challenge_parameters,
        None,
    )?;
    Reply::ok(&outcome)
}

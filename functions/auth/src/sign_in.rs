//! `POST /v1/auth/sign-in`

use kernel::Failure;
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    address::typed_address,
    app::AttemptApp,
    outcome::{read, wants_factor},
    throttle::Attempt,
};

pub const ROUTE: RouteSpec = RouteSpec::public("auth-sign-in", Method::POST, "/v1/auth/sign-in");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    email: String,
    password: String,
}

/// Tokens for an e-mail address and a password, or the challenge that comes before them. Failures are counted, per address and
/// per source.
pub async fn handle(app: &AttemptApp, request: Request) -> Result<Reply, Failure> {
    let input: SignIn = request.body()?;
    let email = typed_address(&input.email);
    let counted = app.throttle.admit(Attempt::SignIn, &email, request.source()).await?;
    let refused = "the e-mail address or the password is wrong";
    let outcome = app.sign_in.try_password(&email, &input.password, refused).await;
    let answer = app.throttle.judge(counted, outcome).await?;
    if let Some(result) = answer.authentication_result.clone().filter(wants_factor) {
        return Reply::ok(&app.setups.begin(&email, &input.password, result).await?);
    }
    let outcome = read(
        answer.authentication_result,
        answer.challenge_name.as_ref(),
        answer.session,
        answer.challenge_parameters,
        &email,
        None,
    )?;
    app.sessions.issue(&outcome).await?;
    Reply::ok(&outcome)
}

//! `POST /v1/auth/password/reset`

use kernel::{ClaimedTenant, Failure, Provenance};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{app::PasswordApp, outcome::refusal, password::NewPassword, throttle::Attempt};

pub const ROUTE: RouteSpec =
    RouteSpec::public("auth-password-reset", Method::POST, "/v1/auth/password/reset");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    email: String,
    code: String,
    new_password: String,
}

/// Sets a new password, given the code that was sent, and ends every session of the user. The second factor stays.
pub async fn handle(app: &PasswordApp, request: Request) -> Result<Reply, Failure> {
    let input: Reset = request.body()?;
    let password = NewPassword::parse(input.new_password)?;
    let email = input.email.trim().to_lowercase();
    let counted = app.throttle.admit(Attempt::Reset, &email, request.source()).await?;
    let refused = "the code does not hold, or no longer";
    if input.code.is_empty() || email.is_empty() {
        return Err(Failure::Unauthenticated(refused));
    }
    let pool = &app.sessions.sign_in.pool;
    pool.confirm_forgot_password()
        .client_id(&app.sessions.sign_in.client_id)
        .username(&email)
        .confirmation_code(input.code)
        .password(password.into_inner())
        .send()
        .await
        .map_err(|error| refusal(error, refused))?;
    end_sessions(app, &email).await?;
    app.throttle.forgive(counted).await?;
    Ok(Reply::no_content())
}

/// Ends the sessions of the user whom the pool knows by this address.
async fn end_sessions(app: &PasswordApp, email: &str) -> Result<(), Failure> {
    let request = app
        .sessions
        .sign_in
        .pool
        .admin_get_user()
        .user_pool_id(&app.sessions.sign_in.pool_id)
        .username(email);
    let user = request.send().await.map_err(Failure::internal)?;
    let attribute = |name: &str| {
        let found = user.user_attributes().iter().find(|attribute| attribute.name() == name);
        found.and_then(|attribute| attribute.value())
    };
    let claim = attribute("custom:tenant_id").and_then(ClaimedTenant::parse);
    let (Some(sub), Some(claim)) = (attribute("sub"), claim) else {
        return Err(Failure::internal("the pool's user has no tenant"));
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "the code proves the user, and the pool says whose the user is"
    )]
    let tenant = claim.vouch(Provenance::VerifiedToken);
    app.sessions.end_all(&tenant, sub).await
}

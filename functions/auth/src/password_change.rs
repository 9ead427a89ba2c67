//! `POST /v1/auth/password/change`

use aws_sdk_cognitoidentityprovider::types::AuthFlowType;
use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{app::PasswordApp, outcome::refusal, password::NewPassword, throttle::Attempt};

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "auth-password-change",
    Method::POST,
    "/v1/auth/password/change",
    Action::KeepOwnAccount,
);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    current_password: String,
    new_password: String,
}

/// Changes the caller's password, given the current one, and ends every session, the caller's too. A token alone is not enough:
/// who has got hold of one must not be able to keep the owner out.
pub async fn handle(app: &PasswordApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: PasswordChange = request.body()?;
    if input.current_password == input.new_password {
        return Err(Failure::field("new_password", "same_password", "This is the current password."));
    }
    let password = NewPassword::parse(input.new_password, "")?;
    let session = request.session()?;
    let counted = app.throttle.admit(Attempt::SignIn, &session.sub, request.source()).await?;
    authenticate(app, &session.sub, input.current_password).await?;
    app.throttle.forgive(counted).await?;
    // First, so that a stolen session is over whatever fails behind; and again once no new one can begin.
    app.sessions.raise_epoch(&caller.tenant, &session.sub).await?;
    app.set_password(&session.sub, password).await?;
    app.sessions.end_all(&caller.tenant, &session.sub).await?;
    Ok(Reply::no_content())
}

/// Whether the password is right; a second factor is not asked for here, the token stands for it.
async fn authenticate(app: &PasswordApp, sub: &str, password: String) -> Result<(), Failure> {
    let sign_in = &app.sessions.sign_in;
    let request =
        sign_in.pool.admin_initiate_auth().user_pool_id(&sign_in.pool_id).client_id(&sign_in.client_id);
    let answer = request
        .auth_flow(AuthFlowType::AdminUserPasswordAuth)
        .auth_parameters("USERNAME", sub)
        .auth_parameters("PASSWORD", password)
        .send()
        .await;
    match answer.map_err(|error| refusal(error, "the password is wrong")) {
        Ok(_) => Ok(()),
        // The caller is signed in: what is wrong is a field, and no reason to sign in again.
        Err(Failure::Unauthenticated(_)) => {
            Err(Failure::field("current_password", "wrong_password", "This is not the current password."))
        }
        Err(other) => Err(other),
    }
}

//! `POST /v1/auth/password/change`

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
    let session = request.session()?;
    let address = address_of(app, &session.sub).await?;
    let password = NewPassword::parse(input.new_password, &address)?;
    let counted = app.throttle.admit(Attempt::SignIn, &session.sub, request.source()).await?;
    authenticate(app, &session.sub, &input.current_password).await?;
    app.throttle.forgive(counted).await?;
    // First, so that a stolen session is over whatever fails behind; and again once no new one can begin.
    app.sessions.raise_epoch(&caller.tenant, &session.sub).await?;
    app.set_password(&session.sub, password).await?;
    app.sessions.end_all(&caller.tenant, &session.sub).await?;
    Ok(Reply::no_content())
}

/// The address that the user signs in with.
async fn address_of(app: &PasswordApp, sub: &str) -> Result<String, Failure> {
    let sign_in = &app.sessions.sign_in;
    let user = sign_in.pool.admin_get_user().user_pool_id(&sign_in.pool_id).username(sub).send().await;
    let user = user.map_err(|error| refusal(error, "the user is not known"))?;
    let address = user.user_attributes().iter().find(|attribute| attribute.name() == "email");
    let address = address.and_then(|attribute| attribute.value());
    address.map(str::to_owned).ok_or_else(|| Failure::internal("the pool knows no address of the user"))
}

/// Whether the password is right; a second factor is not asked for here, the token stands for it.
async fn authenticate(app: &PasswordApp, sub: &str, password: &str) -> Result<(), Failure> {
    match app.sessions.sign_in.try_password(sub, password, "the password is wrong").await {
        Ok(_) => Ok(()),
        // The caller is signed in: what is wrong is a field, and no reason to sign in again.
        Err(Failure::Unauthenticated(_)) => {
            Err(Failure::field("current_password", "wrong_password", "This is not the current password."))
        }
        Err(other) => Err(other),
    }
}

//! `POST /v1/auth/password/reset`

use kernel::{Failure, Provenance};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    address::typed_address, app::PasswordApp, password::NewPassword, reset_code::ResetCode, throttle::Attempt,
};

pub const ROUTE: RouteSpec =
    RouteSpec::public("auth-password-reset", Method::POST, "/v1/auth/password/reset");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    email: String,
    code: String,
    new_password: String,
}

/// Sets a new password, given the code that was mailed, and ends every session of the user. The second factor stays.
pub async fn handle(app: &PasswordApp, request: Request) -> Result<Reply, Failure> {
    let input: Reset = request.body()?;
    let email = typed_address(&input.email);
    let password = NewPassword::parse(input.new_password, &email)?;
    let counted = app.throttle.admit(Attempt::Reset, &email, request.source()).await?;
    let refused = || Failure::Unauthenticated("the code does not hold, or no longer");
    let code = ResetCode::parse(&input.code).ok_or_else(refused)?;
    let holder = app.codes.take(&email, &code).await?.ok_or_else(refused)?;
    #[expect(clippy::disallowed_methods, reason = "it stood in a row that only asking for a code writes")]
    let tenant = holder.tenant.vouch(Provenance::OwnRecord);
    // First, so that a stolen session is over whatever fails behind; and again once no new one can begin.
    app.sessions.raise_epoch(&tenant, &holder.sub).await?;
    app.set_password(&holder.sub, password).await?;
    app.sessions.end_all(&tenant, &holder.sub).await?;
    app.throttle.forgive(counted).await?;
    Ok(Reply::no_content())
}

//! `DELETE /v1/auth/mfa`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    mfa_app::{MfaApp, Proven},
    mfa_code::MfaCode,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("auth-mfa-disable", Method::DELETE, "/v1/auth/mfa", Action::KeepOwnAccount);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
    password: String,
    code: String,
}

const NOT_ENROLLED: Failure =
    Failure::Conflict { code: "mfa_not_enrolled", detail: "there is no second factor to take away" };

/// Takes the second factor away, for somebody who has both: neither an open browser nor a stolen password is enough.
pub async fn handle(app: &MfaApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: Removal = request.body()?;
    let code = MfaCode::parse(input.code)?;
    let scope = app.data.open(&caller.tenant).await;
    let account = app.account(&scope, &caller).await?;
    let Proven::CodeWanted(session) = app.prove(&account, &input.password).await? else {
        return Err(NOT_ENROLLED);
    };
    let token = app.prove_code(&account, session, &code).await?;
    app.prefer_totp(&token, false).await?;
    Ok(Reply::no_content())
}

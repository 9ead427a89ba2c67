//! `POST /v1/auth/mfa/confirm`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    mfa_app::MfaApp,
    mfa_code::MfaCode,
    mfa_factor::{prefer_totp, verify},
    mfa_session::{MfaSession, over},
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("auth-mfa-confirm", Method::POST, "/v1/auth/mfa/confirm", Action::KeepOwnAccount);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    session: String,
    code: String,
}

/// Ends an enrolment: the app's first code shows that it holds the secret. From now on signing in asks for a code.
pub async fn handle(app: &MfaApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: Confirmation = request.body()?;
    let code = MfaCode::parse(input.code)?;
    let scope = app.data.open(&caller.tenant).await;
    let session = MfaSession::open(&input.session, &*scope.vault().await?, &caller.user, app.ambient.now())?;
    let counted = app.admit(&request).await?;
    verify(&app.pool, &session.token, &code, over).await?;
    // What sets the factor up does not serve for signing in as well.
    app.used_codes.take(&session.token, &code, "the code has served before").await?;
    prefer_totp(&app.pool, &session.token, true).await?;
    scope.table.identities().note_factor(&caller.tenant, &session.sub).await?;
    app.forgive(counted).await?;
    Ok(Reply::no_content())
}

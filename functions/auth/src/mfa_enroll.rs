//! `POST /v1/auth/mfa/enroll`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    mfa_app::{MfaApp, Proven, WRONG_PASSWORD},
    mfa_enrolment::{EnrolmentView, otpauth_uri},
    mfa_session::{LIFETIME_SECONDS, MfaSession},
    outcome::refusal,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("auth-mfa-enroll", Method::POST, "/v1/auth/mfa/enroll", Action::KeepOwnAccount);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrolment {
    password: String,
}

/// Begins to set up an authenticator app: its secret, and the session that confirming it takes. Until then nothing changes
/// about signing in.
pub async fn handle(app: &MfaApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: Enrolment = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let account = app.account(&scope, &caller).await?;
    let counted = app.admit(&request).await?;
    let token = match app.prove(&account, &input.password).await? {
        Proven::Token(token) => token,
        Proven::CodeWanted(_) => return Err(ENROLLED),
    };
    app.forgive(counted).await?;
    let associated = app
        .pool
        .associate_software_token()
        .access_token(&token)
        .send()
        .await
        .map_err(|error| refusal(error, WRONG_PASSWORD))?;
    let secret = associated.secret_code.ok_or_else(|| Failure::internal("the pool gave no secret"))?;
    let session = MfaSession::begin(token, account.sub, app.ambient.now());
    Reply::ok(&EnrolmentView {
        challenge: None,
        otpauth_uri: otpauth_uri(&account.record.email, &secret),
        secret,
        session: session.seal(&*scope.vault().await?, &caller.user)?,
        expires_in: LIFETIME_SECONDS,
    })
}

/// An app that is there is taken away first: with its code, not by whoever knows the password.
const ENROLLED: Failure =
    Failure::Conflict { code: "mfa_enrolled", detail: "a second factor is set up already" };

//! `POST /v1/auth/mfa/enroll`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::{
    mfa_app::{MfaApp, Proven, WRONG_PASSWORD},
    mfa_session::{LIFETIME_SECONDS, MfaSession},
    outcome::refusal,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("auth-mfa-enroll", Method::POST, "/v1/auth/mfa/enroll", Action::KeepOwnAccount);

/// What an authenticator app shows beside the code.
const ISSUER: &str = "Sales Engagement Platform";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrolment {
    password: String,
}

#[derive(Serialize)]
struct EnrolmentView {
    /// Base32.
    secret: String,
    otpauth_uri: String,
    session: String,
    /// Seconds for which `session` holds.
    expires_in: i64,
}

/// Begins to set up an authenticator app: its secret, and the session that confirming it takes. Until then nothing changes
/// about signing in.
pub async fn handle(app: &MfaApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: Enrolment = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let account = app.account(&scope, &caller).await?;
    let token = match app.prove(&account, &input.password).await? {
        Proven::Token(token) => token,
        Proven::CodeWanted(_) => return Err(ENROLLED),
    };
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
        otpauth_uri: otpauth_uri(&account.record.email, &secret),
        secret,
        session: session.seal(&*scope.vault().await?, &caller.user)?,
        expires_in: LIFETIME_SECONDS,
    })
}

/// An app that is there is taken away first: with its code, not by whoever knows the password.
const ENROLLED: Failure =
    Failure::Conflict { code: "mfa_enrolled", detail: "a second factor is set up already" };

/// The form that authenticator apps read from a QR code; algorithm, digits and period are the usual ones (RFC 6238).
fn otpauth_uri(email: &str, secret: &str) -> String {
    let (issuer, account) = (percent_encoded(ISSUER), percent_encoded(email));
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
}

/// All but the unreserved characters of RFC 3986 are encoded; apps do not read `+` as a blank.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uri_reads_as_apps_expect() {
        assert_eq!(
            otpauth_uri("first.last+tag@alpha.example", "JBSWY3DPEHPK3PXP"),
            "otpauth://totp/Sales%20Engagement%20Platform:first.last%2Btag%40alpha.example\
             ?secret=JBSWY3DPEHPK3PXP&issuer=Sales%20Engagement%20Platform"
        );
        assert!(otpauth_uri("käthe@x.example", "A").contains("k%C3%A4the%40x.example"));
    }
}

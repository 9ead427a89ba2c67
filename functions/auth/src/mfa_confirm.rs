//! `POST /v1/auth/mfa/confirm`

use aws_sdk_cognitoidentityprovider::{
    error::{ProvideErrorMetadata, SdkError},
    operation::verify_software_token::VerifySoftwareTokenError,
};
use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    mfa_app::MfaApp,
    mfa_code::MfaCode,
    mfa_session::{MfaSession, over},
    outcome::refusal,
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
    app.pool
        .verify_software_token()
        .access_token(&session.token)
        .user_code(code.as_str())
        .send()
        .await
        .map_err(unverified)?;
    // What sets the factor up does not serve for signing in as well.
    app.used_codes.take(&session.token, &code, "the code has served before").await?;
    app.prefer_totp(&session.token, true).await?;
    Ok(Reply::no_content())
}

fn unverified(error: SdkError<VerifySoftwareTokenError>) -> Failure {
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some("EnableSoftwareTokenMFAException" | "CodeMismatchException") => {
            Failure::field("code", "wrong_code", "This is not the code that the app should show now.")
        }
        // The token inside is over, or the user's sessions were ended meanwhile.
        Some("NotAuthorizedException") => over(),
        _ => refusal(error, "the enrolment is over"),
    }
}

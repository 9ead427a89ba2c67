//! What a token of the self-service client changes about its user's factor.

use aws_sdk_cognitoidentityprovider::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::verify_software_token::VerifySoftwareTokenError,
    types::SoftwareTokenMfaSettingsType,
};
use kernel::Failure;

use crate::{mfa_code::MfaCode, outcome::refusal};

/// Shows the pool that the app holds the secret. `over` is the answer where the token does not serve any more.
pub(crate) async fn verify(
    pool: &Client,
    token: &str,
    code: &MfaCode,
    over: impl FnOnce() -> Failure,
) -> Result<(), Failure> {
    let request = pool.verify_software_token().access_token(token).user_code(code.as_str());
    request.send().await.map(|_| ()).map_err(|error| unverified(error, over))
}

fn unverified(error: SdkError<VerifySoftwareTokenError>, over: impl FnOnce() -> Failure) -> Failure {
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some("EnableSoftwareTokenMFAException" | "CodeMismatchException") => {
            Failure::field("code", "wrong_code", "This is not the code that the app should show now.")
        }
        // The token inside is over, or the user's sessions were ended meanwhile.
        Some("NotAuthorizedException") => over(),
        _ => refusal(error, "the enrolment is over"),
    }
}

/// Says at the pool whether signing in asks for the authenticator's code.
pub(crate) async fn prefer_totp(pool: &Client, token: &str, enabled: bool) -> Result<(), Failure> {
    let settings = SoftwareTokenMfaSettingsType::builder().enabled(enabled).preferred_mfa(enabled).build();
    let request = pool.set_user_mfa_preference().access_token(token).software_token_mfa_settings(settings);
    request.send().await.map(|_| ()).map_err(|error| refusal(error, "the session is over"))
}

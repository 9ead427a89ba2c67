//! What the pool answers to a sign-in step: tokens, or the next challenge.

use std::collections::HashMap;

use aws_sdk_cognitoidentityprovider::{
    error::{ProvideErrorMetadata, SdkError},
    types::{AuthenticationResultType, ChallengeNameType},
};
use kernel::Failure;
use serde::{Deserialize, Serialize};

use crate::{
    challenge_session::ChallengeSession,
    claims::{REFUSED as TRIGGER_REFUSED, SETUP_REQUIRED},
    pool_token::claims_of,
};

/// The answer of `POST /v1/auth/sign-in` and `POST /v1/auth/challenge`.
#[derive(Serialize)]
#[serde(untagged)]
pub enum SignInOutcome {
    Tokens(Tokens),
    Challenge { challenge: Challenge, session: String },
}

#[derive(Serialize)]
pub struct Tokens {
    access_token: String,
    id_token: String,
    refresh_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: i32,
}

/// What the pool may ask for before it gives tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Challenge {
    SoftwareTokenMfa,
    NewPasswordRequired,
    MfaSetup,
}

impl Challenge {
    pub(crate) fn name(self) -> ChallengeNameType {
        match self {
            Self::SoftwareTokenMfa => ChallengeNameType::SoftwareTokenMfa,
            Self::NewPasswordRequired => ChallengeNameType::NewPasswordRequired,
            Self::MfaSetup => ChallengeNameType::MfaSetup,
        }
    }

    fn of(name: &ChallengeNameType) -> Option<Self> {
        [Self::SoftwareTokenMfa, Self::NewPasswordRequired, Self::MfaSetup]
            .into_iter()
            .find(|known| known.name() == *name)
    }
}

/// Reads the pool's answer to `address`. `user_name`: the pool's name for the user, where it is already known.
pub(crate) fn read(
    result: Option<AuthenticationResultType>,
    challenge: Option<&ChallengeNameType>,
    session: Option<String>,
    parameters: Option<HashMap<String, String>>,
    address: &str,
    user_name: Option<String>,
) -> Result<SignInOutcome, Failure> {
    if let Some(result) = result {
        refuse_without_trigger(&result)?;
        return tokens(result).ok_or_else(|| Failure::internal("the pool's tokens are not complete"));
    }
    let named = parameters.and_then(|mut parameters| parameters.remove("USER_ID_FOR_SRP"));
    let named = named.or(user_name).or_else(|| Some(address.to_owned()));
    match (challenge.and_then(Challenge::of), session, named) {
        (Some(challenge), Some(pool_session), Some(user_name)) => {
            let session = ChallengeSession { user_name, address: address.to_owned(), pool_session }.to_text();
            Ok(SignInOutcome::Challenge { challenge, session })
        }
        _ => Err(Failure::internal("the pool asks for a challenge that is not supported")),
    }
}

/// The tokens of a refresh; where the pool gives no next refresh token, `used` goes on holding.
pub(crate) fn refreshed(
    result: Option<AuthenticationResultType>,
    used: String,
) -> Result<SignInOutcome, Failure> {
    let mut result = result.ok_or_else(|| Failure::internal("the pool gives no tokens"))?;
    if wants_factor(&result) {
        return Err(Failure::Unauthenticated("a second factor has to be set up; signing in begins that"));
    }
    refuse_without_trigger(&result)?;
    result.refresh_token.get_or_insert(used);
    tokens(result).ok_or_else(|| Failure::internal("the pool's tokens are not complete"))
}

fn refuse_without_trigger(result: &AuthenticationResultType) -> Result<(), Failure> {
    let ours = result.access_token().is_some_and(is_ours);
    ours.then_some(()).ok_or(Failure::Unauthenticated("the user may not sign in"))
}

/// Whether the token trigger has let the user in. A pool that gives tokens although the trigger refused would give them without a
/// tenant and with the scope of self-service; nobody gets those.
fn is_ours(access_token: &str) -> bool {
    #[derive(Deserialize)]
    struct Claims {
        #[serde(rename = "tenant_id")]
        _tenant: String,
    }
    claims_of::<Claims>(access_token).is_some()
}

/// Whether the token trigger asks for a second factor to be set up first. What the pool gives then opens nothing and is handed to
/// nobody.
pub(crate) fn wants_factor(result: &AuthenticationResultType) -> bool {
    #[derive(Deserialize)]
    struct Claims {
        mfa_setup: String,
    }
    let claims = result.access_token().and_then(claims_of::<Claims>);
    claims.is_some_and(|claims| claims.mfa_setup == SETUP_REQUIRED)
}

fn tokens(result: AuthenticationResultType) -> Option<SignInOutcome> {
    Some(SignInOutcome::Tokens(Tokens {
        access_token: result.access_token?,
        id_token: result.id_token?,
        refresh_token: result.refresh_token?,
        token_type: "Bearer",
        expires_in: result.expires_in,
    }))
}

/// Whatever is wrong with the credentials gets one answer, so that nobody learns which addresses exist.
pub(crate) fn refusal<E>(error: SdkError<E>, refused: &'static str) -> Failure
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let Some(service) = error.as_service_error() else { return Failure::Unavailable(Box::new(error)) };
    match Cause::of(service.code().unwrap_or_default(), service.message().unwrap_or_default()) {
        Cause::Credentials => Failure::Unauthenticated(refused),
        Cause::TooMany => Failure::Throttled { retry_after_seconds: 5 },
        Cause::Password => {
            Failure::field("new_password", "weak_password", "The password does not meet the rules.")
        }
        Cause::Trigger => Failure::Unavailable(Box::new(error)),
        Cause::Unknown => Failure::internal(error),
    }
}

/// Why the pool says no.
#[derive(Debug, PartialEq, Eq)]
enum Cause {
    Credentials,
    TooMany,
    /// The new one is weak.
    Password,
    /// The token trigger failed, was too slow or could not be asked: nothing is known about the credentials.
    Trigger,
    Unknown,
}

impl Cause {
    fn of(code: &str, message: &str) -> Self {
        match code {
            // What the trigger says comes in the pool's words, with its own in them.
            "UserLambdaValidationException" if message.contains(TRIGGER_REFUSED) => Self::Credentials,
            "UserLambdaValidationException"
            | "UnexpectedLambdaException"
            | "InvalidLambdaResponseException" => Self::Trigger,
            "NotAuthorizedException"
            | "RefreshTokenReuseException"
            | "UserNotFoundException"
            | "UserNotConfirmedException"
            | "PasswordResetRequiredException"
            | "CodeMismatchException"
            | "ExpiredCodeException"
            | "InvalidParameterException" => Self::Credentials,
            "TooManyRequestsException" | "LimitExceededException" | "TooManyFailedAttemptsException" => {
                Self::TooMany
            }
            "InvalidPasswordException" => Self::Password,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_trigger_refuses_is_told_from_its_failing() {
        let lambda = "UserLambdaValidationException";
        let said_no = "PreTokenGeneration failed with error no active user has this sub.";
        assert_eq!(Cause::of(lambda, said_no), Cause::Credentials);
        for (code, message) in [
            (lambda, "PreTokenGeneration failed with error temporarily unavailable."),
            (lambda, "PreTokenGeneration invocation failed due to error Timeout."),
            ("UnexpectedLambdaException", "AccessDenied"),
            ("InvalidLambdaResponseException", "Unrecognizable lambda output"),
        ] {
            assert_eq!(Cause::of(code, message), Cause::Trigger, "{code}: {message}");
        }
        assert_eq!(Cause::of("NotAuthorizedException", said_no), Cause::Credentials);
    }
}

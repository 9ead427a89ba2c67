//! `POST /v1/auth/challenge`

use kernel::Failure;
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    app::AttemptApp,
    mfa_code::MfaCode,
    outcome::{Challenge, ChallengeSession, read, refusal},
    password::NewPassword,
    throttle::Attempt,
};

pub const ROUTE: RouteSpec = RouteSpec::public("auth-challenge", Method::POST, "/v1/auth/challenge");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChallengeAnswer {
    challenge: Challenge,
    session: String,
    code: Option<String>,
    new_password: Option<String>,
}

/// The answer to a challenge; gives tokens, or the next challenge.
pub async fn handle(app: &AttemptApp, request: Request) -> Result<Reply, Failure> {
    let input: ChallengeAnswer = request.body()?;
    let code = input.code.clone();
    let (parameter, value) = response_to(input.challenge, input.code, input.new_password)?;
    let refused = "the session is over or the answer is wrong";
    let session = ChallengeSession::parse(&input.session).ok_or(Failure::Unauthenticated(refused))?;
    let counted = app.throttle.admit(Attempt::Challenge, &session.user_name, request.source()).await?;
    let sign_in = &app.sign_in;
    let answer = sign_in
        .pool
        .admin_respond_to_auth_challenge()
        .user_pool_id(&sign_in.pool_id)
        .client_id(&sign_in.client_id)
        .challenge_name(input.challenge.name())
        .session(session.pool_session)
        .challenge_responses("USERNAME", &session.user_name)
        .challenge_responses(parameter, value)
        .send()
        .await
        .map_err(|error| refusal(error, refused))?;
    app.throttle.forgive(counted).await?;
    let token = answer.authentication_result.as_ref().and_then(|result| result.access_token());
    if let (Some(token), Some(code)) = (token, code) {
        app.used_codes.take(token, &MfaCode::parse(code)?, refused).await?;
    }
    let outcome = read(
        answer.authentication_result,
        answer.challenge_name.as_ref(),
        answer.session,
        answer.challenge_parameters,
        Some(session.user_name),
    )?;
    Reply::ok(&outcome)
}

/// The pool's name for the answer, and the answer; checked here as well as in the pool.
fn response_to(
    challenge: Challenge,
    code: Option<String>,
    new_password: Option<String>,
) -> Result<(&'static str, String), Failure> {
    match (challenge, code, new_password) {
        (Challenge::SoftwareTokenMfa, Some(code), None) => {
            Ok(("SOFTWARE_TOKEN_MFA_CODE", MfaCode::parse(code)?.into_inner()))
        }
        (Challenge::NewPasswordRequired, None, Some(password)) => {
            Ok(("NEW_PASSWORD", NewPassword::parse(password)?.into_inner()))
        }
        (Challenge::SoftwareTokenMfa, ..) => Err(Failure::field(
            "code",
            "missing_field",
            "This challenge is answered by code, and by nothing else.",
        )),
        (Challenge::NewPasswordRequired, ..) => Err(Failure::field(
            "new_password",
            "missing_field",
            "This challenge is answered by new_password, and by nothing else.",
        )),
        (Challenge::MfaSetup, ..) => Err(Failure::field(
            "challenge",
            "unsupported_challenge",
            "Setting up a second factor is not part of signing in.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(challenge: Challenge, code: Option<&str>, password: Option<&str>) -> Option<&'static str> {
        match response_to(challenge, code.map(str::to_owned), password.map(str::to_owned)) {
            Ok(_) => None,
            Err(Failure::Invalid(errors)) => Some(errors[0].code),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn each_challenge_takes_its_own_answer() {
        let password = Some("Correct-horse-7-battery");
        assert_eq!(code(Challenge::SoftwareTokenMfa, Some("123456"), None), None);
        assert_eq!(code(Challenge::SoftwareTokenMfa, Some("12345x"), None), Some("invalid_code"));
        assert_eq!(code(Challenge::SoftwareTokenMfa, None, password), Some("missing_field"));
        assert_eq!(code(Challenge::NewPasswordRequired, None, password), None);
        assert_eq!(code(Challenge::NewPasswordRequired, Some("123456"), password), Some("missing_field"));
        assert_eq!(code(Challenge::NewPasswordRequired, None, Some("short")), Some("weak_password"));
    }
}

//! `POST /v1/auth/challenge`

use kernel::Failure;
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use crate::{
    app::AttemptApp,
    mfa_code::MfaCode,
    outcome::{Challenge, read, wants_factor},
    password::NewPassword,
    pool_client::ChallengeAnswer as PoolAnswer,
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
    if input.challenge == Challenge::MfaSetup {
        return set_up(app, input, request.source()).await;
    }
    let (code, password) = (input.code.clone(), input.new_password.clone());
    let session = app.sessions.find(&input.session).await?;
    let address = session.as_ref().map(|session| session.address.as_str()).unwrap_or_default();
    let (parameter, value) = response_to(input.challenge, input.code, input.new_password, address)?;
    let session = session.ok_or(Failure::Unauthenticated(REFUSED))?;
    let counted = app.throttle.admit(Attempt::Challenge, &session.user_name, request.source()).await?;
    // A password is set by meeting the challenge, so what comes again is refused before; a wrong code may be followed by another.
    if input.challenge == Challenge::NewPasswordRequired {
        app.sessions.take(&input.session, REFUSED).await?;
    }
    let answer = PoolAnswer {
        challenge: input.challenge.name(),
        session: &session.pool_session,
        user_name: &session.user_name,
        parameter,
        value: &value,
    };
    let outcome = app.sign_in.answer(answer, REFUSED).await;
    let answer = app.throttle.judge(counted, outcome).await?;
    let token = answer.authentication_result.as_ref().and_then(|result| result.access_token());
    if let (Some(token), Some(code)) = (token, code) {
        app.sessions.take(&input.session, REFUSED).await?;
        app.used_codes.take(token, &MfaCode::parse(code)?, REFUSED).await?;
    }
    let unfinished = answer.authentication_result.clone().filter(wants_factor);
    if let (Some(result), Some(password)) = (unfinished, password) {
        return Reply::ok(&app.setups.begin(&session.user_name, &password, result).await?);
    }
    let outcome = read(
        answer.authentication_result,
        answer.challenge_name.as_ref(),
        answer.session,
        answer.challenge_parameters,
        &session.address,
        Some(session.user_name),
    )?;
    app.sessions.issue(&outcome).await?;
    Reply::ok(&outcome)
}

const REFUSED: &str = "the session is over or the answer is wrong";

/// Sets up the factor that the tenant demands: without a code the secret for the app, with its first code the tokens.
async fn set_up(app: &AttemptApp, input: ChallengeAnswer, source: &str) -> Result<Reply, Failure> {
    if input.new_password.is_some() {
        let message = "This challenge is answered by code, and by nothing else.";
        return Err(Failure::field("new_password", "unknown_field", message));
    }
    let code = input.code.map(MfaCode::parse).transpose()?;
    let counted = app.throttle.admit(Attempt::Challenge, &input.session, source).await?;
    let reply = match code {
        None => Reply::ok(&app.setups.enroll(&input.session).await?),
        Some(code) => Reply::ok(&app.setups.confirm(&input.session, &code, &app.used_codes).await?),
    };
    app.throttle.forgive(counted).await?;
    reply
}

/// The pool's name for the answer, and the answer; checked here as well as in the pool.
fn response_to(
    challenge: Challenge,
    code: Option<String>,
    new_password: Option<String>,
    address: &str,
) -> Result<(&'static str, String), Failure> {
    match (challenge, code, new_password) {
        (Challenge::SoftwareTokenMfa, Some(code), None) => {
            Ok(("SOFTWARE_TOKEN_MFA_CODE", MfaCode::parse(code)?.into_inner()))
        }
        (Challenge::NewPasswordRequired, None, Some(password)) => {
            Ok(("NEW_PASSWORD", NewPassword::parse(password, address)?.into_inner()))
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
        (Challenge::MfaSetup, ..) => {
            Err(Failure::internal("setting up a factor is not the pool's challenge"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(challenge: Challenge, code: Option<&str>, password: Option<&str>) -> Option<&'static str> {
        match response_to(challenge, code.map(str::to_owned), password.map(str::to_owned), "") {
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

//! Sign-in beyond a password: the first password replaced, the second factor.

use aws_sdk_cognitoidentityprovider::Client;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use blackbox::{Session, SignIn};
use serde_json::json;

use crate::{
    authenticator::{code_at, enroll, now},
    failed::{Failed, Outcome},
    world::World,
};

#[tokio::test]
async fn the_first_password_has_to_be_replaced() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let temporary = "Temporary-horse-7";
    let pool = Client::new(&world.aws.config);
    pool.admin_set_user_password()
        .user_pool_id(world.output("UserPoolId"))
        .username(&tenant.email)
        .password(temporary)
        .permanent(false)
        .send()
        .await?;
    let session = challenged(&world, &tenant.email, temporary, "NEW_PASSWORD_REQUIRED").await?;

    let weak =
        json!({ "challenge": "NEW_PASSWORD_REQUIRED", "session": session, "new_password": "too weak" });
    let answer = post_challenge(&world, &weak).await?;
    assert_eq!((answer.status, answer.problem_fields()), (400, vec!["new_password"]));

    let chosen = json!({ "new_password": "Battery-staple-7" });
    let met = world.api.meet_challenge("NEW_PASSWORD_REQUIRED", &session, &chosen).await?;
    assert_works(&done(met)?).await?;
    assert_works(&world.api.sign_in(&tenant.email, "Battery-staple-7").await?).await?;
    let old = world.api.sign_in(&tenant.email, temporary).await;
    assert!(matches!(old, Err(blackbox::Error::UnexpectedStatus { actual: 401, .. })), "the old one holds");
    Ok(())
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_checked() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let secret = enroll(&world, &tenant).await?;
    let challenge = "SOFTWARE_TOKEN_MFA";

    let session = challenged(&world, &tenant.email, &tenant.password, challenge).await?;
    let wrong = json!({ "challenge": challenge, "session": session, "code": wrong_code(&secret) });
    let answer = post_challenge(&world, &wrong).await?;
    assert_eq!((answer.status, answer.problem()), (401, Some("unauthorized")));
    let malformed = json!({ "challenge": challenge, "session": session, "code": "12345x" });
    let answer = post_challenge(&world, &malformed).await?;
    assert_eq!((answer.status, answer.problem_fields()), (400, vec!["code"]));

    let session = challenged(&world, &tenant.email, &tenant.password, challenge).await?;
    let right = json!({ "code": code_at(&secret, now()) });
    assert_works(&done(world.api.meet_challenge(challenge, &session, &right).await?)?).await
}

/// Wrong password, unknown user, invented and foreign sessions look alike.
#[tokio::test]
async fn a_sign_in_that_fails_tells_nothing() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let mut answers = Vec::new();
    for (email, password) in [
        (tenant.email.as_str(), "Wrong-horse-7-battery"),
        ("nobody@nowhere.example", "Wrong-horse-7-battery"),
    ] {
        let body = json!({ "email": email, "password": password });
        let answer = world.api.request(http::Method::POST, "/v1/auth/sign-in").json(&body).send().await?;
        let problem = answer.expect(401)?;
        answers.push((problem.text("/type")?.to_owned(), problem.text("/detail")?.to_owned()));
    }
    assert_eq!(answers[0], answers[1]);
    for session in ["nonsense", "a.b", "00000000-0000-0000-0000-000000000000.AYABeF"] {
        let body = json!({ "challenge": "SOFTWARE_TOKEN_MFA", "session": session, "code": "123456" });
        let answer = post_challenge(&world, &body).await?;
        assert_eq!((answer.status, answer.problem()), (401, Some("unauthorized")), "{session}");
    }
    Ok(())
}

/// A session that nobody was handed is no proof of a password, whomever it names: neither a password is set by it, nor do six digits
/// stand for one.
#[tokio::test]
async fn a_session_that_was_made_up_opens_no_account() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let made_up = format!("{}.{}.any-session", part(&tenant.email), part("x@alpha.example"));
    for (challenge, answer, value) in [
        ("NEW_PASSWORD_REQUIRED", "new_password", "Quite-another-7-horse"),
        ("SOFTWARE_TOKEN_MFA", "code", "123456"),
    ] {
        let body = json!({ "challenge": challenge, "session": made_up, answer: value });
        let refused = post_challenge(&world, &body).await?;
        assert_eq!((refused.status, refused.problem()), (401, Some("unauthorized")), "{challenge}");
    }
    world.api.sign_in(&tenant.email, &tenant.password).await?;
    Ok(())
}

/// Signs in as far as the expected challenge; gives its session.
async fn challenged(world: &World, email: &str, password: &str, expected: &str) -> Outcome<String> {
    match world.api.begin_sign_in(email, password).await? {
        SignIn::Challenged { challenge, session } if challenge == expected => Ok(session),
        SignIn::Challenged { challenge, .. } => Err(Failed::new(format!("challenged by {challenge}"))),
        SignIn::Done(_) => Err(Failed::new(format!("signed in without {expected}"))),
    }
}

async fn post_challenge(world: &World, body: &serde_json::Value) -> Outcome<blackbox::Answer> {
    Ok(world.api.request(http::Method::POST, "/v1/auth/challenge").json(body).send().await?)
}

fn done(outcome: SignIn) -> Outcome<Session> {
    match outcome {
        SignIn::Done(session) => Ok(session),
        SignIn::Challenged { challenge, .. } => Err(Failed::new(format!("challenged again by {challenge}"))),
    }
}

async fn assert_works(session: &Session) -> Outcome {
    session.get("/v1/contacts").await?.expect(200)?;
    Ok(())
}

/// A code that holds neither now nor a minute before or after.
fn wrong_code(secret: &str) -> String {
    let right: Vec<_> = (-2..=2).map(|step| code_at(secret, now() + 30 * step)).collect();
    let candidates = (0..6).map(|number| format!("{number:06}"));
    candidates.into_iter().find(|code| !right.contains(code)).expect("six codes are not all right")
}

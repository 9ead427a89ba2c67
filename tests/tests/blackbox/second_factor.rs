//! The second factor from enrolment to removal, with an authenticator that computes its codes (RFC 6238).

use aws_sdk_cognitoidentityprovider::operation::associate_software_token::AssociateSoftwareTokenError;
use blackbox::{Answer, Session, SignIn};
use http::Method;
use serde_json::{Value, json};

use crate::{
    authenticator::{code_at, now},
    failed::{Failed, Outcome},
    world::{Tenant, World},
};

const CHALLENGE: &str = "SOFTWARE_TOKEN_MFA";

#[tokio::test]
async fn from_enrolment_through_signing_in_to_removal() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let begun = begin(&tenant).await?.expect(200)?;
    let (secret, session) = (begun.text("/secret")?, begun.text("/session")?);
    let uri = url::Url::parse(begun.text("/otpauth_uri")?)?;
    let named: Vec<_> = uri.query_pairs().filter(|(name, _)| name == "secret").collect();
    assert!(uri.scheme() == "otpauth" && named[0].1 == secret, "{uri}");

    // Begun is not confirmed: a password is still enough.
    world.api.sign_in(&tenant.email, &tenant.password).await?;
    let code = code_at(secret, now());
    confirm(&tenant.session, session, &code).await?.expect(204)?;

    let open = challenged(&world, &tenant).await?;
    // The next one: the first has served.
    let next = code_at(secret, now() + 30);
    let answer = json!({ "code": next });
    let SignIn::Done(signed_in) = world.api.meet_challenge(CHALLENGE, &open, &answer).await? else {
        return Err(Failed::new("challenged again"));
    };
    signed_in.get("/v1/contacts").await?.expect(200)?;
    // The session has served, whatever code comes with it; the code is looked at where it is good, below.
    let code = unused_code(secret, &[code, next]).await;
    let replayed = json!({ "challenge": CHALLENGE, "session": open, "code": code });
    world.api.request(Method::POST, "/v1/auth/challenge").json(&replayed).send().await?.expect(401)?;

    let again = begin(&tenant).await?.expect(409)?;
    assert_eq!(again.body["errors"][0]["code"], "mfa_enrolled");
    let removal = json!({ "password": tenant.password, "code": code });
    remove(&tenant.session, &removal).await?.expect(204)?;
    world.api.sign_in(&tenant.email, &tenant.password).await?;
    let nothing_left = remove(&tenant.session, &removal).await?.expect(409)?;
    assert_eq!(nothing_left.body["errors"][0]["code"], "mfa_not_enrolled");
    Ok(())
}

/// A password that is wrong, a code that is wrong, a session of somebody else's or of nobody: nothing changes.
#[tokio::test]
async fn what_does_not_prove_itself_changes_nothing() -> Outcome {
    let world = World::open().await?;
    let (tenant, other) = (world.tenant().await?, world.tenant().await?);
    let enroll = async |body: Value| tenant.session.post("/v1/auth/mfa/enroll", &body).await;
    let wrong = enroll(json!({ "password": "Wrong-horse-7-battery" })).await?;
    assert_eq!((wrong.status, wrong.problem()), (401, Some("unauthorized")));
    assert_eq!(enroll(json!({})).await?.expect(400)?.problem_fields(), ["password"]);
    let named = json!({ "password": tenant.password, "email": other.email });
    assert_eq!(enroll(named).await?.expect(400)?.problem_fields(), ["email"]);

    let begun = begin(&tenant).await?.expect(200)?;
    let (secret, session) = (begun.text("/secret")?, begun.text("/session")?);
    let code = code_at(secret, now());
    let refused = confirm(&tenant.session, session, &wrong_code(secret)).await?.expect(400)?;
    assert_eq!(refused.problem_fields(), ["code"]);
    let malformed = confirm(&tenant.session, session, "12345x").await?.expect(400)?;
    assert_eq!(malformed.problem_fields(), ["code"]);
    for (holder, text) in [
        (&other.session, session.to_owned()),
        (&tenant.session, format!("B{}", &session[1..])),
        (&tenant.session, session[..session.len() - 4].to_owned()),
        (&tenant.session, "nonsense".to_owned()),
        (&tenant.session, tenant.session.access_token.clone()),
    ] {
        let refused = confirm(holder, &text, &code).await?.expect(400)?;
        assert_eq!(refused.problem_fields(), ["session"]);
    }
    for holder in [&tenant, &other] {
        world.api.sign_in(&holder.email, &holder.password).await?;
    }
    Ok(())
}

/// Neither the password nor the code alone takes a second factor away.
#[tokio::test]
async fn removal_takes_both_proofs() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let begun = begin(&tenant).await?.expect(200)?;
    let (secret, session) = (begun.text("/secret")?, begun.text("/session")?);
    confirm(&tenant.session, session, &code_at(secret, now())).await?.expect(204)?;
    let code = code_at(secret, now() + 30);
    for (body, status) in [
        (json!({ "password": tenant.password, "code": wrong_code(secret) }), 401),
        (json!({ "password": "Wrong-horse-7-battery", "code": code }), 401),
        (json!({ "password": tenant.password }), 400),
        (json!({ "password": tenant.password, "code": "1" }), 400),
    ] {
        remove(&tenant.session, &body).await?.expect(status)?;
    }
    challenged(&world, &tenant).await?;
    Ok(())
}

/// The sealed session holds a token of another client, which nobody outside can have: our own tokens change no factor.
#[tokio::test]
async fn a_users_own_token_sets_up_nothing_at_the_pool() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let pool = aws_sdk_cognitoidentityprovider::Client::new(&world.aws.config);
    let refused = pool.associate_software_token().access_token(&tenant.session.access_token).send().await;
    let error = refused.expect_err("the pool took a token without the scope");
    assert!(
        error.as_service_error().is_some_and(AssociateSoftwareTokenError::is_not_authorized_exception),
        "{error:?}"
    );
    Ok(())
}

async fn begin(tenant: &Tenant) -> Outcome<Answer> {
    Ok(tenant.session.post("/v1/auth/mfa/enroll", &json!({ "password": tenant.password })).await?)
}

async fn confirm(session: &Session, enrolment: &str, code: &str) -> Outcome<Answer> {
    Ok(session.post("/v1/auth/mfa/confirm", &json!({ "session": enrolment, "code": code })).await?)
}

async fn remove(session: &Session, body: &Value) -> Outcome<Answer> {
    Ok(session.request(Method::DELETE, "/v1/auth/mfa").json(body).send().await?)
}

/// Signs in as far as the code; gives the challenge's session.
async fn challenged(world: &World, tenant: &Tenant) -> Outcome<String> {
    match world.api.begin_sign_in(&tenant.email, &tenant.password).await? {
        SignIn::Challenged { challenge, session } if challenge == CHALLENGE => Ok(session),
        SignIn::Challenged { challenge, .. } => Err(Failed::new(format!("challenged by {challenge}"))),
        SignIn::Done(_) => Err(Failed::new("no second factor was asked for")),
    }
}

/// A code that holds neither now nor a minute before or after.
fn wrong_code(secret: &str) -> String {
    let right: Vec<_> = (-2..=2).map(|step| code_at(secret, now() + 30 * step)).collect();
    let candidates = (0..6).map(|number| format!("{number:06}"));
    candidates.into_iter().find(|code| !right.contains(code)).expect("six codes are not all right")
}

/// A code serves once, whatever the user calls themselves: the pool itself would take it again.
#[tokio::test]
async fn a_code_that_has_served_is_refused() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let begun = begin(&tenant).await?.expect(200)?;
    let (secret, enrolment) = (begun.text("/secret")?, begun.text("/session")?);
    let first = code_at(secret, now());
    confirm(&tenant.session, enrolment, &first).await?.expect(204)?;
    let next = code_at(secret, now() + 30);
    assert_eq!(answer_with(&world, &tenant, &first).await?.status, 401, "the code that set the app up");
    assert_eq!(answer_with(&world, &tenant, &next).await?.status, 200);
    let again = answer_with(&world, &tenant, &next).await?;
    assert_eq!((again.status, again.problem()), (401, Some("unauthorized")));
    let removal = json!({ "password": tenant.password, "code": next });
    remove(&tenant.session, &removal).await?.expect(401)?;
    Ok(())
}

async fn answer_with(world: &World, tenant: &Tenant, code: &str) -> Outcome<Answer> {
    let session = challenged(world, tenant).await?;
    let body = json!({ "challenge": CHALLENGE, "session": session, "code": code });
    Ok(world.api.request(Method::POST, "/v1/auth/challenge").json(&body).send().await?)
}

/// A code that holds now and is none of `used`, as soon as there is one.
async fn unused_code(secret: &str, used: &[String]) -> String {
    loop {
        let code = code_at(secret, now());
        if !used.contains(&code) {
            return code;
        }
        // The clock is what is awaited: the app shows another code when its half minute is over.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

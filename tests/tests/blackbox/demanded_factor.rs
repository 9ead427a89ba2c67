//! A tenant that demands a second factor of everybody: nobody gets in without, nobody stays in without, and who has none sets one up
//! on the way in.

use aws_sdk_cognitoidentityprovider::Client as Pool;
use blackbox::{Answer, Session, SignIn};
use http::Method;
use kernel::Role;
use serde_json::{Value, json};

use crate::{
    authenticator::{code_at, now},
    failed::{Failed, Outcome},
    people::Person,
    sessions::{assert_closes, assert_ends, assert_works, refresh, set_identity, sub_of},
    world::{Tenant, World},
};

const CHALLENGE: &str = "/v1/auth/challenge";

#[tokio::test]
async fn the_rule_ends_sessions_without_a_factor_and_sets_one_up_on_the_way_in() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let secret = enroll(&admin.session, &admin.password).await?;
    assert!(!secret.is_empty());
    let socket = tenant.session.socket().await?;
    demand(&admin.session, 1, true).await?;
    assert_closes(socket).await?;
    refresh(&world.api, &tenant.session.refresh_token).await?.expect(401)?;

    let begun = begin(&world, &tenant.email, &tenant.password).await?;
    let setup = set_up(&world, &begun, None).await?.expect(200)?;
    let uri = url::Url::parse(setup.text("/otpauth_uri")?)?;
    assert!(uri.path().ends_with(&tenant.email.replace('@', "%40")), "{uri}");
    let (secret, confirmation) = (setup.text("/secret")?, setup.text("/session")?);
    let code = code_at(secret, now());
    let done = set_up(&world, confirmation, Some(&code)).await?.expect(200)?;
    let session = world.api.with_token(done.text("/access_token")?);
    assert_works(&session).await?;
    refresh(&world.api, done.text("/refresh_token")?).await?.expect(200)?;

    // From now on the code is asked for, and the app stays.
    let open = challenged(&world, &tenant).await?;
    let next = code_at(secret, now() + 30);
    let met = world.api.meet_challenge("SOFTWARE_TOKEN_MFA", &open, &json!({ "code": next })).await?;
    assert!(matches!(met, SignIn::Done(_)), "challenged again");
    let removal = json!({ "password": tenant.password, "code": "123456" });
    let refused = session.request(Method::DELETE, "/v1/auth/mfa").json(&removal).send().await?.expect(409)?;
    assert_eq!(refused.body["errors"][0]["code"], "mfa_required");

    assert_works(&admin.session).await
}

#[tokio::test]
async fn an_old_token_without_a_factor_is_refused_within_a_minute_and_passes_when_the_rule_is_gone() -> Outcome
{
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    enroll(&admin.session, &admin.password).await?;
    demand(&admin.session, 1, true).await?;
    assert_ends(&tenant.session).await?;
    assert_works(&admin.session).await?;
    begin(&world, &tenant.email, &tenant.password).await?;

    demand(&admin.session, 2, false).await?;
    assert_works(&world.api.sign_in(&tenant.email, &tenant.password).await?).await
}

/// Sessions of setting up serve once, for their own step, and for nobody else.
#[tokio::test]
async fn a_session_of_setting_up_serves_its_own_sign_in_once() -> Outcome {
    let world = World::open().await?;
    let (tenant, other) = (world.tenant().await?, world.tenant().await?);
    for demanding in [&tenant, &other] {
        set_identity(&world, &demanding.id, "TENANT", "mfa_required", "true").await?;
    }
    let begun = begin(&world, &tenant.email, &tenant.password).await?;
    let foreign = begin(&world, &other.email, &other.password).await?;
    assert_ne!(begun, foreign);
    for wrong in [
        begun.chars().rev().collect(),
        begun[..begun.len() - 1].to_owned(),
        format!("{begun}A"),
        begun.to_lowercase(),
        tenant.session.access_token.clone(),
        String::new(),
    ] {
        assert_refused(&set_up(&world, &wrong, None).await?);
    }
    assert_refused(&set_up(&world, &begun, Some("123456")).await?);
    let named = json!({ "challenge": "MFA_SETUP", "session": begun, "email": other.email });
    assert_eq!(post(&world, &named).await?.expect(400)?.problem_fields(), ["email"]);

    let setup = set_up(&world, &begun, None).await?.expect(200)?;
    let (secret, confirmation) = (setup.text("/secret")?, setup.text("/session")?);
    assert_refused(&set_up(&world, &begun, None).await?);
    assert_refused(&set_up(&world, confirmation, None).await?);
    // The way that takes a token does not take it either.
    let body = json!({ "session": confirmation, "code": code_at(secret, now()) });
    let by_token = other.session.post("/v1/auth/mfa/confirm", &body).await?;
    assert!([400, 403].contains(&by_token.status), "{}", by_token.status);

    let wrong = set_up(&world, confirmation, Some(&wrong_code(secret))).await?.expect(400)?;
    assert_eq!(wrong.problem_fields(), ["code"]);
    let code = code_at(secret, now());
    set_up(&world, confirmation, Some(&code)).await?.expect(200)?;
    assert_refused(&set_up(&world, confirmation, Some(&code)).await?);
    assert_refused(&set_up(&world, confirmation, Some(&code_at(secret, now() + 30))).await?);
    Ok(())
}

/// Even whoever could write rows cannot make one tenant's sign-in another user's: what is sealed in it does not open there.
#[tokio::test]
async fn a_sign_in_of_one_tenant_is_none_of_another_user() -> Outcome {
    let world = World::open().await?;
    let (tenant, other) = (world.tenant().await?, world.tenant().await?);
    for demanding in [&tenant, &other] {
        set_identity(&world, &demanding.id, "TENANT", "mfa_required", "true").await?;
    }
    let own = setup_row(&world, &begin(&world, &tenant.email, &tenant.password).await?).await?;
    let foreign = begin(&world, &other.email, &other.password).await?;
    let row = setup_row(&world, &foreign).await?;
    for taken in [&["tenant", "sub"][..], &["factor_setup"], &["sub"]] {
        let mut changed = row.clone();
        for name in taken {
            changed.insert((*name).to_owned(), own[*name].clone());
        }
        world.put_row(changed).await?;
        assert_refused(&set_up(&world, &foreign, None).await?);
    }
    let text = format!("{row:?}");
    assert!(!text.contains("eyJ") && !text.contains(&other.email), "the row shows what it holds");
    Ok(())
}

/// A new password leads to setting up as well, and its session does not serve again.
#[tokio::test]
async fn the_first_password_is_followed_by_setting_up() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    set_identity(&world, &tenant.id, "TENANT", "mfa_required", "true").await?;
    let pool = Pool::new(&world.aws.config);
    let temporary = pool.admin_set_user_password().user_pool_id(world.output("UserPoolId"));
    temporary.username(&tenant.email).password("Temporary-horse-7").permanent(false).send().await?;
    let SignIn::Challenged { challenge, session } =
        world.api.begin_sign_in(&tenant.email, "Temporary-horse-7").await?
    else {
        return Err(Failed::new("no password was asked for"));
    };
    assert_eq!(challenge, "NEW_PASSWORD_REQUIRED");
    let chosen =
        |password: &str| json!({ "challenge": challenge, "session": session, "new_password": password });
    let begun = post(&world, &chosen("Battery-staple-7")).await?.expect(200)?;
    assert_eq!(begun.text("/challenge")?, "MFA_SETUP");
    assert!(begun.text("/access_token").is_err(), "tokens before a factor");
    assert_refused(&post(&world, &chosen("Stolen-staple-7-horse")).await?);

    let setup = set_up(&world, begun.text("/session")?, None).await?.expect(200)?;
    let code = code_at(setup.text("/secret")?, now());
    let done = set_up(&world, setup.text("/session")?, Some(&code)).await?.expect(200)?;
    assert_works(&world.api.with_token(done.text("/access_token")?)).await
}

/// Setting up writes to the pool and to our row. Where the second was lost, signing in with the code makes up for it.
#[tokio::test]
async fn a_factor_that_the_pool_knows_counts() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let secret = enroll(&tenant.session, &tenant.password).await?;
    let (partition, sub) = (format!("IDENTITY#{}", tenant.id), sub_of(&tenant.session)?);
    let factor =
        async || Ok::<_, Failed>(world.row(&partition, &sub).await?.and_then(|row| row.get("mfa").cloned()));
    assert!(factor().await?.is_some(), "the row does not know of the factor");
    let mut row = world.row(&partition, &sub).await?.ok_or_else(|| Failed::new("no identity"))?;
    row.remove("mfa");
    world.put_row(row).await?;
    set_identity(&world, &tenant.id, "TENANT", "mfa_required", "true").await?;
    let open = challenged(&world, &tenant).await?;
    let code = json!({ "code": code_at(&secret, now() + 30) });
    let SignIn::Done(session) = world.api.meet_challenge("SOFTWARE_TOKEN_MFA", &open, &code).await? else {
        return Err(Failed::new("challenged again"));
    };
    assert_works(&session).await?;
    assert!(factor().await?.is_some(), "the row has not been told");
    Ok(())
}

/// What changes a factor is counted like signing in: by user, whatever the attempt.
#[tokio::test]
async fn passwords_and_codes_cannot_be_guessed_here_either() -> Outcome {
    let world = World::open().await?;
    let (tenant, other) = (world.tenant().await?, world.tenant().await?);
    let wrong = json!({ "password": "Wrong-horse-7-battery" });
    let removal = json!({ "password": "Wrong-horse-7-battery", "code": "123456" });
    for _ in 0..5 {
        tenant.session.post("/v1/auth/mfa/enroll", &wrong).await?.expect(401)?;
        tenant.session.request(Method::DELETE, "/v1/auth/mfa").json(&removal).send().await?.expect(401)?;
    }
    let right = json!({ "password": tenant.password });
    for answer in [
        tenant.session.post("/v1/auth/mfa/enroll", &right).await?,
        tenant.session.request(Method::DELETE, "/v1/auth/mfa").json(&removal).send().await?,
    ] {
        assert_eq!((answer.status, answer.problem()), (429, Some("too_many_requests")));
        let seconds: u64 = answer.header("retry-after").unwrap_or_default().parse()?;
        assert!((1..=15 * 60).contains(&seconds), "{seconds}");
    }
    other.session.post("/v1/auth/mfa/enroll", &json!({ "password": other.password })).await?.expect(200)?;

    let begun = other.session.post("/v1/auth/mfa/enroll", &json!({ "password": other.password })).await?;
    let (secret, session) = (begun.text("/secret")?, begun.text("/session")?);
    let guess = json!({ "session": session, "code": wrong_code(secret) });
    for _ in 0..10 {
        other.session.post("/v1/auth/mfa/confirm", &guess).await?.expect(400)?;
    }
    let code = json!({ "session": session, "code": code_at(secret, now()) });
    assert_eq!(other.session.post("/v1/auth/mfa/confirm", &code).await?.status, 429);
    Ok(())
}

/// Gives a signed-in user an authenticator by our own routes; gives its secret.
async fn enroll(session: &Session, password: &str) -> Outcome<String> {
    let begun = session.post("/v1/auth/mfa/enroll", &json!({ "password": password })).await?.expect(200)?;
    let secret = begun.text("/secret")?.to_owned();
    let body = json!({ "session": begun.text("/session")?, "code": code_at(&secret, now()) });
    session.post("/v1/auth/mfa/confirm", &body).await?.expect(204)?;
    Ok(secret)
}

async fn demand(admin: &Session, version: i64, required: bool) -> Outcome {
    let request = admin.request(Method::PATCH, "/v1/tenant").header("if-match", &format!("\"{version}\""));
    request.json(&json!({ "mfa_required": required })).send().await?.expect(200)?;
    Ok(())
}

/// Signs in as far as setting up; gives the session.
async fn begin(world: &World, email: &str, password: &str) -> Outcome<String> {
    match world.api.begin_sign_in(email, password).await? {
        SignIn::Challenged { challenge, session } if challenge == "MFA_SETUP" => Ok(session),
        SignIn::Challenged { challenge, .. } => Err(Failed::new(format!("challenged by {challenge}"))),
        SignIn::Done(_) => Err(Failed::new("signed in without a second factor")),
    }
}

async fn challenged(world: &World, tenant: &Tenant) -> Outcome<String> {
    match world.api.begin_sign_in(&tenant.email, &tenant.password).await? {
        SignIn::Challenged { challenge, session } if challenge == "SOFTWARE_TOKEN_MFA" => Ok(session),
        _ => Err(Failed::new("no code was asked for")),
    }
}

async fn set_up(world: &World, session: &str, code: Option<&str>) -> Outcome<Answer> {
    let mut body = json!({ "challenge": "MFA_SETUP", "session": session });
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    post(world, &body).await
}

async fn post(world: &World, body: &Value) -> Outcome<Answer> {
    Ok(world.api.request(Method::POST, CHALLENGE).json(body).send().await?)
}

fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.problem()), (401, Some("unauthorized")));
}

async fn setup_row(world: &World, session: &str) -> Outcome<crate::aws::Item> {
    use aws_lc_rs::digest::{SHA256, digest};
    let hash = hex::encode(digest(&SHA256, session.as_bytes()));
    let row = world.row(&format!("MFASETUP#{hash}"), "SESSION").await?;
    row.ok_or_else(|| Failed::new("nothing is written under the session's hash"))
}

/// A code that holds neither now nor a minute before or after.
fn wrong_code(secret: &str) -> String {
    let right: Vec<_> = (-2..=2).map(|step| code_at(secret, now() + 30 * step)).collect();
    let candidates = (0..6).map(|number| format!("{number:06}"));
    candidates.into_iter().find(|code| !right.contains(code)).expect("six codes are not all right")
}

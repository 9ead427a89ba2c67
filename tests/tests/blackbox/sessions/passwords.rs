//! Passwords: changed, forgotten, and refused where they are weak.

use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_cognitoidentityprovider::Client as Pool;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;

use super::{assert_closes, assert_ends, assert_works, post, refresh};
use crate::{
    failed::{Failed, Outcome},
    mailbox::{reset_code_behind, texts_to},
    world::World,
};

const CHOSEN: &str = "Battery-staple-7";
const CHANGE: &str = "/v1/auth/password/change";
const FORGOT: &str = "/v1/auth/password/forgot";
const RESET: &str = "/v1/auth/password/reset";
/// Well formed, and nobody's.
const GUESSED: &str = "0000-0000-0000";

#[tokio::test]
async fn a_changed_password_ends_every_session() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let other = world.api.sign_in(&tenant.email, &tenant.password).await?;
    let socket = other.socket().await?;
    let body = json!({ "current_password": tenant.password, "new_password": CHOSEN });
    tenant.session.post(CHANGE, &body).await?.expect(204)?;
    assert_closes(socket).await?;
    refresh(&world.api, &other.refresh_token).await?.expect(401)?;
    assert!(world.api.sign_in(&tenant.email, &tenant.password).await.is_err(), "the old password holds");
    assert_works(&world.api.sign_in(&tenant.email, CHOSEN).await?).await?;
    assert_ends(&tenant.session).await?;
    assert_ends(&other).await
}

/// Too short, of too few kinds, one of those tried first, the current one; and 64 characters and more are taken.
#[tokio::test]
async fn a_password_has_to_be_one_that_nobody_guesses() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for (new, code) in [
        ("Short-1", "weak_password"),
        ("no-upper-case-7", "weak_password"),
        ("NO-LOWER-CASE-7", "weak_password"),
        ("No-Digit-At-All", "weak_password"),
        ("NoSpecial1234", "weak_password"),
        ("Password123!", "common_password"),
        ("P@ssw0rd1234", "common_password"),
        ("Welcome2026!!", "common_password"),
        (&tenant.password, "same_password"),
    ] {
        let body = json!({ "current_password": tenant.password, "new_password": new });
        let answer = tenant.session.post(CHANGE, &body).await?;
        assert_eq!((answer.status, answer.problem_fields()), (400, vec!["new_password"]), "{new}");
        assert_eq!(answer.body["errors"][0]["code"], json!(code), "{new}");
    }
    let long = format!("Correct-horse-7 {}end", "battery staple ".repeat(5));
    assert!(long.len() > 64);
    let body = json!({ "current_password": tenant.password, "new_password": long });
    tenant.session.post(CHANGE, &body).await?.expect(204)?;
    assert_works(&world.api.sign_in(&tenant.email, &long).await?).await
}

#[tokio::test]
async fn a_token_alone_changes_no_password() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for (body, field) in [
        (json!({ "current_password": "Wrong-horse-7-battery", "new_password": CHOSEN }), "current_password"),
        (json!({ "new_password": CHOSEN }), "current_password"),
        (json!({ "current_password": tenant.password }), "new_password"),
        (json!({ "current_password": tenant.password, "new_password": CHOSEN, "user_id": "x" }), "user_id"),
    ] {
        let answer = tenant.session.post(CHANGE, &body).await?;
        assert_eq!((answer.status, answer.problem_fields()), (400, vec![field]));
    }
    let body = json!({ "current_password": tenant.password, "new_password": CHOSEN });
    post(&world.api, CHANGE, &body).await?.expect(401)?;
    world.api.sign_in(&tenant.email, &tenant.password).await?;
    Ok(())
}

#[tokio::test]
async fn forgetting_a_password_tells_nobody_who_is_a_user() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let mut answers = Vec::new();
    for email in [&tenant.email, &format!("nobody-{}", tenant.email), "no address at all", ""] {
        let answer = post(&world.api, FORGOT, &json!({ "email": email })).await?.expect(204)?;
        answers.push(answer.body);
    }
    assert!(answers.iter().all(|body| *body == answers[0]));
    let mut refusals = Vec::new();
    for email in [&tenant.email, &format!("nobody-{}", tenant.email)] {
        let body = json!({ "email": email, "code": GUESSED, "new_password": CHOSEN });
        let answer = post(&world.api, RESET, &body).await?.expect(401)?;
        refusals.push((answer.text("/type")?.to_owned(), answer.text("/detail")?.to_owned()));
    }
    assert_eq!(refusals[0], refusals[1]);
    Ok(())
}

#[tokio::test]
async fn a_code_sets_a_new_password_once_and_ends_every_session() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let socket = tenant.session.socket().await?;
    post(&world.api, FORGOT, &json!({ "email": tenant.email.to_uppercase() })).await?.expect(204)?;
    let code = reset_code_behind(&world, &tenant.email, 0).await?;
    let reset = |password: &str| json!({ "email": tenant.email, "code": code, "new_password": password });

    let answer = post(&world.api, RESET, &reset("Password123!")).await?;
    assert_eq!((answer.status, answer.problem_fields()), (400, vec!["new_password"]));
    post(&world.api, RESET, &reset(CHOSEN)).await?.expect(204)?;
    assert_closes(socket).await?;
    post(&world.api, RESET, &reset("Another-staple-7")).await?.expect(401)?;
    assert!(world.api.sign_in(&tenant.email, &tenant.password).await.is_err(), "the old password holds");
    assert_works(&world.api.sign_in(&tenant.email, CHOSEN).await?).await?;
    assert_ends(&tenant.session).await
}

/// What was never sent for this address, is over, was replaced or has been tried too often sets no password.
#[tokio::test]
async fn a_code_that_does_not_hold_sets_nothing() -> Outcome {
    let world = World::open().await?;
    let (tenant, other) = (world.tenant().await?, world.tenant().await?);
    let ask = async |email: &str| -> Outcome<String> {
        let known = texts_to(&world, email).await?.len();
        post(&world.api, FORGOT, &json!({ "email": email })).await?.expect(204)?;
        reset_code_behind(&world, email, known).await
    };
    let refuse = async |email: &str, code: &str| -> Outcome {
        let body = json!({ "email": email, "code": code, "new_password": CHOSEN });
        let refused = post(&world.api, RESET, &body).await?.expect(401)?;
        assert_eq!(refused.text("/detail")?, "The code does not hold, or no longer.", "{code}");
        Ok(())
    };
    let replaced = ask(&tenant.email).await?;
    let foreign = ask(&other.email).await?;
    let code = ask(&tenant.email).await?;
    for wrong in [&replaced, &foreign, "000000"] {
        refuse(&tenant.email, wrong).await?;
    }
    refuse(&other.email, &code).await?;
    // Three were tried above, one of them was no code: three more, and the right one has been tried too often.
    for _ in 0..3 {
        refuse(&tenant.email, GUESSED).await?;
    }
    refuse(&tenant.email, &code).await?;

    let late = ask(&tenant.email).await?;
    let partition = format!("RESETCODE#{}", hash_of(&tenant.email));
    let mut row = world.row(&partition, "CODE").await?.ok_or_else(|| Failed::new("no code is kept"))?;
    assert!(!format!("{row:?}").contains(&late.replace('-', "")), "the code itself is kept");
    row.insert("expires_at".to_owned(), AttributeValue::N("1700000000".to_owned()));
    world.put_row(row).await?;
    refuse(&tenant.email, &late).await?;
    for holder in [&tenant, &other] {
        world.api.sign_in(&holder.email, &holder.password).await?;
    }
    Ok(())
}

/// Whoever has the client's id and the address gets no code from the pool, and sets no password there with one of ours.
#[tokio::test]
async fn the_pool_recovers_nobody_past_us() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let pool = Pool::new(&world.aws.config);
    post(&world.api, FORGOT, &json!({ "email": tenant.email })).await?.expect(204)?;
    let code = reset_code_behind(&world, &tenant.email, 0).await?;
    for client in ["UserPoolClientId", "BrowserClientId", "SelfServiceClientId"] {
        // Not put out where nobody outside needs it.
        let Some(client) = world.outputs.get(client) else { continue };
        let asked = pool.forgot_password().client_id(client).username(&tenant.email).send().await;
        assert!(asked.is_err(), "the pool sends a code to {client}");
        for code in [code.as_str(), "654321", "000000"] {
            let confirm = pool.confirm_forgot_password().client_id(client).username(&tenant.email);
            let confirmed = confirm.confirmation_code(code).password(CHOSEN).send().await;
            assert!(confirmed.is_err(), "{client} takes {code}");
        }
    }
    assert_eq!(texts_to(&world, &tenant.email).await?.len(), 1, "the pool has written");
    world.api.sign_in(&tenant.email, &tenant.password).await?;
    Ok(())
}

/// Whether a mail goes out shows neither in the answer nor in the time that it takes.
#[tokio::test]
async fn no_answer_comes_before_a_mail_would_be_out() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for email in
        [tenant.email.clone(), format!("nobody-{}", tenant.email), format!("no address of {}", tenant.id)]
    {
        let began = Instant::now();
        post(&world.api, FORGOT, &json!({ "email": email })).await?.expect(204)?;
        assert!(began.elapsed() >= Duration::from_secs(1), "{email}: {:?}", began.elapsed());
    }
    Ok(())
}

/// Under which the code of an address is kept.
fn hash_of(email: &str) -> String {
    hex::encode(digest(&SHA256, format!("reset\n{email}").as_bytes()))
}

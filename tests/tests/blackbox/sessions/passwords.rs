//! Passwords: changed, forgotten, and refused where they are weak.

use serde_json::json;

use super::{assert_closes, assert_ends, assert_works, post, refresh};
use crate::{eventually::eventually, failed::Outcome, mailbox::texts_to, world::World};

const CHOSEN: &str = "Battery-staple-7";
const CHANGE: &str = "/v1/auth/password/change";
const FORGOT: &str = "/v1/auth/password/forgot";
const RESET: &str = "/v1/auth/password/reset";

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
        let body = json!({ "email": email, "code": "000000", "new_password": CHOSEN });
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
    let code = code_sent_to(&world, &tenant.email).await?;
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

/// The digits of the last message to the address, as the local pool sent it.
async fn code_sent_to(world: &World, email: &str) -> Outcome<String> {
    eventually("the message with the code", async || {
        Ok(texts_to(world, email).await?.last().and_then(|text| digits(text)))
    })
    .await
}

/// The first six digits in a row that stand alone.
fn digits(text: &str) -> Option<String> {
    let runs = text.split(|character: char| !character.is_ascii_alphanumeric());
    runs.into_iter()
        .find(|run| run.len() == 6 && run.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
}

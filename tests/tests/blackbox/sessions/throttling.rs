//! Guessing is slow.

use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_dynamodb::types::AttributeValue;
use blackbox::Answer;
use serde_json::{Value, json};

use super::{post, refresh};
use crate::{authenticator::now, aws::key, failed::Outcome, world::World};

const ATTEMPTS: usize = 10;

#[tokio::test]
async fn a_password_cannot_be_guessed_by_trying() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let wrong = json!({ "email": tenant.email, "password": "Wrong-horse-7-battery" });
    for _ in 0..ATTEMPTS {
        post(&world.api, "/v1/auth/sign-in", &wrong).await?.expect(401)?;
    }
    // The right one is not looked at either, however the address is written.
    for email in [tenant.email.clone(), tenant.email.to_uppercase()] {
        let right = json!({ "email": email, "password": tenant.password });
        assert_waits(&post(&world.api, "/v1/auth/sign-in", &right).await?, 15 * 60)?;
    }
    // Nobody else waits, and whoever is signed in goes on.
    let other = world.tenant().await?;
    world.api.sign_in(&other.email, &other.password).await?;
    tenant.session.get("/v1/contacts").await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn an_address_that_is_no_users_is_throttled_alike() -> Outcome {
    let world = World::open().await?;
    let email = format!("nobody-{}@nowhere.example", crate::world::random_hex(6));
    let body = json!({ "email": email, "password": "Wrong-horse-7-battery" });
    for _ in 0..ATTEMPTS {
        post(&world.api, "/v1/auth/sign-in", &body).await?.expect(401)?;
    }
    assert_waits(&post(&world.api, "/v1/auth/sign-in", &body).await?, 15 * 60)
}

/// The local gateway names one source for everybody, so the function is asked as the gateway would ask it, from a source that has
/// had its share within this quarter of an hour.
#[tokio::test]
async fn who_tries_many_addresses_waits_too() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let share: u64 = 1_000_000;
    let ended = format!("192.0.2.{}-{}", 7, crate::world::random_hex(6));
    let counted = digest(&SHA256, format!("sign-in\nsource\n{ended}").as_bytes());
    let mut row = key(&format!("THROTTLE#{}", hex::encode(counted)), "WINDOW");
    row.insert("attempts".to_owned(), AttributeValue::N(share.to_string()));
    row.insert("expires_at".to_owned(), AttributeValue::N((now() + 600).to_string()));
    world.put_row(row).await?;
    let from = async |source: &str| -> Outcome<Value> {
        let mut event: Value = serde_json::from_str(include_str!("../../../../events/auth-sign-in.json"))?;
        event["requestContext"]["http"]["sourceIp"] = json!(source);
        event["body"] = json!(json!({ "email": tenant.email, "password": tenant.password }).to_string());
        world.aws.invoke(&world.function_name("auth-sign-in"), &event).await
    };
    let refused = from(&ended).await?;
    assert_eq!(refused["statusCode"], 429, "{}", refused["body"]);
    let seconds: u64 = refused["headers"]["retry-after"].as_str().unwrap_or_default().parse()?;
    assert!((1..=600).contains(&seconds), "{seconds}");
    assert_eq!(from(&format!("198.51.100.7-{}", crate::world::random_hex(6))).await?["statusCode"], 200);
    Ok(())
}

#[tokio::test]
async fn refresh_tokens_cannot_be_guessed_by_trying() -> Outcome {
    let world = World::open().await?;
    let guess = format!("guess-{}", crate::world::random_hex(12));
    for _ in 0..ATTEMPTS {
        refresh(&world.api, &guess).await?.expect(401)?;
    }
    assert_waits(&refresh(&world.api, &guess).await?, 15 * 60)
}

#[tokio::test]
async fn signing_in_rightly_is_not_counted() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for _ in 0..=ATTEMPTS {
        world.api.sign_in(&tenant.email, &tenant.password).await?;
    }
    Ok(())
}

#[tokio::test]
async fn nobodys_mailbox_is_flooded() -> Outcome {
    let world = World::open().await?;
    let email = format!("nobody-{}@nowhere.example", crate::world::random_hex(6));
    for _ in 0..3 {
        post(&world.api, "/v1/auth/password/forgot", &json!({ "email": email })).await?.expect(204)?;
    }
    assert_waits(&post(&world.api, "/v1/auth/password/forgot", &json!({ "email": email })).await?, 15 * 60)
}

#[tokio::test]
async fn a_code_cannot_be_guessed_by_trying() -> Outcome {
    let world = World::open().await?;
    let email = format!("nobody-{}@nowhere.example", crate::world::random_hex(6));
    let reset = |code: usize| json!({ "email": email, "code": format!("{code:06}"), "new_password": "Battery-staple-7" });
    for code in 0..ATTEMPTS {
        post(&world.api, "/v1/auth/password/reset", &reset(code)).await?.expect(401)?;
    }
    assert_waits(&post(&world.api, "/v1/auth/password/reset", &reset(ATTEMPTS)).await?, 15 * 60)
}

/// 429 with a `Retry-After` of at least a second and at most `limit` seconds.
fn assert_waits(answer: &Answer, limit: u64) -> Outcome {
    assert_eq!((answer.status, answer.problem()), (429, Some("too_many_requests")));
    let seconds: u64 = answer.header("retry-after").unwrap_or_default().parse()?;
    assert!((1..=limit).contains(&seconds), "{seconds}");
    Ok(())
}

//! One session ends, or all of a user's.

use http::Method;
use serde_json::json;

use super::{assert_closes, assert_ends, assert_works, refresh};
use crate::{eventually::PATIENCE, failed::Outcome, world::World};

#[tokio::test]
async fn signing_out_ends_this_session_and_no_other() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let (ended, other) = (&tenant.session, world.api.sign_in(&tenant.email, &tenant.password).await?);
    let body = json!({ "refresh_token": ended.refresh_token });
    ended.post("/v1/auth/sign-out", &body).await?.expect(204)?;
    refresh(&world.api, &ended.refresh_token).await?.expect(401)?;
    assert_ends(ended).await?;
    assert_works(&other).await?;
    refresh(&world.api, &other.refresh_token).await?.expect(200)?;
    Ok(())
}

/// What came of a session by refreshing is part of it.
#[tokio::test]
async fn signing_out_ends_what_was_refreshed_too() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let answer = refresh(&world.api, &tenant.session.refresh_token).await?.expect(200)?;
    let refreshed = world.api.with_token(answer.text("/access_token")?);
    let body = json!({ "refresh_token": answer.text("/refresh_token")? });
    refreshed.post("/v1/auth/sign-out", &body).await?.expect(204)?;
    refresh(&world.api, &tenant.session.refresh_token).await?.expect(401)?;
    assert_ends(&tenant.session).await
}

#[tokio::test]
async fn signing_out_takes_one_refresh_token_and_nothing_else() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    for (body, field) in [
        (json!({}), "refresh_token"),
        (json!({ "refresh_token": null }), "refresh_token"),
        (json!({ "refresh_token": "x", "everywhere": true }), "everywhere"),
    ] {
        let answer = tenant.session.post("/v1/auth/sign-out", &body).await?;
        assert_eq!((answer.status, answer.problem_fields()), (400, vec![field]));
    }
    for path in ["/v1/auth/sign-out", "/v1/auth/sign-out-everywhere"] {
        world.api.request(Method::POST, path).json(&json!({})).send().await?.expect(401)?;
    }
    assert_works(&tenant.session).await
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_socket_of_the_user() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let password = "Colleague-horse-7";
    let email = format!("second@{}.example", tenant.id.replace('_', "-"));
    world.user(&tenant.tenant_id, &email, password).await?;
    let colleague = world.api.sign_in(&email, password).await?;
    let (one, other) = (&tenant.session, world.api.sign_in(&tenant.email, &tenant.password).await?);
    assert_works(&other).await?;
    let (first, second) = (one.socket().await?, other.socket().await?);
    let mut colleagues = colleague.socket().await?;

    one.request(Method::POST, "/v1/auth/sign-out-everywhere").send().await?.expect(204)?;
    assert_closes(first).await?;
    assert_closes(second).await?;
    for session in [one, &other] {
        refresh(&world.api, &session.refresh_token).await?.expect(401)?;
        assert_ends(session).await?;
    }
    colleagues.ping(PATIENCE).await?;
    assert_works(&colleague).await?;
    assert_works(&world.api.sign_in(&tenant.email, &tenant.password).await?).await
}

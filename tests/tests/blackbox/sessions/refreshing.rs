//! Refresh tokens: each is used once, and none outlives its user's standing.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{assert_works, post, refresh, set_identity, sub_of};
use crate::{
    failed::{Failed, Outcome},
    world::World,
};

/// The pool lets a used token pass for ten seconds, in case the answer got lost.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_refresh_token_is_used_up_by_the_next() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let first = &tenant.session.refresh_token;
    let asked_at = Instant::now();
    let answer = refresh(&world.api, first).await?.expect(200)?;
    let answered_at = Instant::now();
    let next = answer.text("/refresh_token")?.to_owned();
    assert_ne!(*first, next);
    assert_works(&world.api.with_token(answer.text("/access_token")?)).await?;

    while refresh(&world.api, first).await?.status != 401 {
        if answered_at.elapsed() > 2 * GRACE {
            return Err(Failed::new("the used token goes on holding"));
        }
        tokio::time::sleep(super::PAUSE).await;
    }
    assert!(asked_at.elapsed() >= GRACE, "the grace period was cut short");
    refresh(&world.api, &next).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn what_is_no_refresh_token_gives_nothing() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let session = &tenant.session;
    let tampered = format!("{}x", session.refresh_token);
    for token in ["", "nonsense", "a.b.c", &session.access_token, &session.id_token, &tampered] {
        let answer = refresh(&world.api, token).await?;
        assert_eq!((answer.status, answer.problem()), (401, Some("unauthorized")), "{token}");
    }
    for (body, field) in [
        (json!({}), "refresh_token"),
        (json!({ "refresh_token": 7 }), "refresh_token"),
        (json!({ "refresh_token": session.refresh_token, "tenant_id": tenant.id }), "tenant_id"),
    ] {
        let answer = post(&world.api, "/v1/auth/refresh", &body).await?;
        assert_eq!((answer.status, answer.problem_fields()), (400, vec![field]));
    }
    Ok(())
}

#[tokio::test]
async fn who_is_disabled_or_of_a_suspended_tenant_gets_no_new_tokens() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let sub = sub_of(&tenant.session)?;
    for (sort, closed, open) in [(sub.as_str(), "disabled", "active"), ("TENANT", "suspended", "active")] {
        set_identity(&world, &tenant.id, sort, "status", closed).await?;
        let token = world.api.sign_in(&tenant.email, &tenant.password).await;
        assert!(token.is_err(), "{closed} and signed in");
        refresh(&world.api, &tenant.session.refresh_token).await?.expect(401)?;
        set_identity(&world, &tenant.id, sort, "status", open).await?;
    }
    refresh(&world.api, &tenant.session.refresh_token).await?.expect(200)?;
    Ok(())
}

//! Roles, teams and names, and who may change them.

use std::time::Duration;

use http::Method;
use kernel::Role;
use serde_json::{Value, json};

use super::{Person, change};
use crate::{eventually::within, failed::Outcome, world::World};

#[tokio::test]
async fn a_change_makes_a_version_and_a_stale_one_is_refused() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let changed =
        change(&admin.session, &tenant.user_id, 1, &json!({ "name": "Renamed", "phone": null })).await?;
    let changed = changed.expect(200)?;
    assert_eq!((changed.text("/name")?, &changed.body["phone"]), ("Renamed", &Value::Null));
    assert_eq!((changed.integer("/version")?, changed.header("etag")), (2, Some("\"2\"")));
    change(&admin.session, &tenant.user_id, 1, &json!({ "name": "Late" })).await?.expect(412)?;
    let path = format!("/v1/users/{}", tenant.user_id);
    let without = admin.session.request(Method::PATCH, &path).json(&json!({ "name": "Blind" }));
    without.send().await?.expect(428)?;
    let same =
        change(&admin.session, &tenant.user_id, 2, &json!({ "name": "Renamed" })).await?.expect(200)?;
    assert_eq!(same.integer("/version")?, 2, "what changes nothing makes no version");
    tenant.session.get(&path).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn another_role_ends_the_sessions_that_carry_the_old_one() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    change(&admin.session, &tenant.user_id, 1, &json!({ "role": "admin" })).await?.expect(200)?;
    // The gateway holds on to a verdict for half a minute.
    within(Duration::from_secs(45), "the old token's end", async || {
        let answer = tenant.session.get("/v1/users").await?;
        Ok((answer.status == 403).then_some(()))
    })
    .await?;
    let anew = world.api.sign_in(&tenant.email, &tenant.password).await?;
    change(&anew, &admin.id, 1, &json!({ "name": "By the new admin" })).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn the_last_admin_stays_one_even_where_two_are_demoted_at_once() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let one = Person::join(&world, &tenant, "one", Role::Admin).await?;
    let alone = change(&one.session, &one.id, 1, &json!({ "role": "rep" })).await?.expect(409)?;
    assert_eq!(alone.text("/errors/0/code")?, "last_admin");

    let other = Person::join(&world, &tenant, "other", Role::Admin).await?;
    let demotion = json!({ "role": "rep" });
    let (first, second) = tokio::join!(
        change(&one.session, &other.id, 1, &demotion),
        change(&other.session, &one.id, 1, &demotion)
    );
    let mut statuses = [first?.status, second?.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    Ok(())
}

#[tokio::test]
async fn nobody_but_an_admin_changes_anybody() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let manager = Person::join(&world, &tenant, "manager", Role::Manager).await?;
    for session in [&tenant.session, &manager.session] {
        change(session, &tenant.user_id, 1, &json!({ "role": "admin" })).await?.expect(403)?;
    }
    Ok(())
}

#[tokio::test]
async fn changes_that_make_no_sense_are_refused_by_field() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    for (body, field) in [
        (json!({ "role": "operator" }), "role"),
        (json!({ "role": null }), "role"),
        (json!({ "name": "" }), "name"),
        (json!({ "phone": "12" }), "phone"),
        (json!({ "email": "other@alpha.example" }), "email"),
        (json!({ "session_epoch": 9 }), "session_epoch"),
        (json!({ "team_ids": ["team_01kar1b2c3d4e5f6g7h8j9k0mn"] }), "team_ids[0]"),
    ] {
        let answer = change(&admin.session, &tenant.user_id, 1, &body).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{body}");
    }
    Ok(())
}

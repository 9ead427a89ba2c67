//! From the invitation to the first sign-in, and what is refused on the way.

use aws_sdk_dynamodb::types::AttributeValue;
use blackbox::{Answer, Session};
use kernel::Role;
use serde_json::json;

use super::{OWN_PASSWORD, Person, accept, address};
use crate::{
    failed::{Failed, Outcome},
    mailbox::{invited_password, texts_to},
    world::World,
};

#[tokio::test]
async fn an_invitation_is_accepted_by_choosing_a_password() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let email = address(&tenant, "new+tag");
    let created = invite(&admin.session, &email.to_uppercase(), "manager").await?.expect(201)?;
    assert_eq!((created.text("/email")?, created.text("/status")?), (email.as_str(), "invited"));
    let path = format!("/v1/users/{}", created.text("/id")?);
    assert_eq!(created.header("location"), Some(path.as_str()));

    let session = accept(&world, &email, &invited_password(&world, &email).await?).await?;
    let seen = session.get(&path).await?.expect(200)?;
    assert_eq!((seen.text("/status")?, seen.text("/role")?), ("active", "manager"));
    let listed = admin.session.get("/v1/users").await?.expect(200)?;
    let statuses: Vec<_> = listed.array("/items")?.iter().map(|user| user["status"].clone()).collect();
    assert_eq!(statuses, ["active", "active", "active"]);

    let again = admin.session.post(&format!("{path}/invitation"), &json!({})).await?.expect(409)?;
    assert_eq!(again.text("/errors/0/code")?, "not_invited");
    world.api.sign_in(&email, OWN_PASSWORD).await?;
    Ok(())
}

#[tokio::test]
async fn the_temporary_password_of_a_second_invitation_replaces_the_first() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let email = address(&tenant, "late");
    let created = invite(&admin.session, &email, "rep").await?.expect(201)?;
    let first = invited_password(&world, &email).await?;
    let path = format!("/v1/users/{}/invitation", created.text("/id")?);
    admin.session.post(&path, &json!({})).await?.expect(204)?;
    let second = invited_password(&world, &email).await?;
    assert_ne!(first, second);
    let body = json!({ "email": email, "password": first });
    world.api.request(http::Method::POST, "/v1/auth/sign-in").json(&body).send().await?.expect(401)?;
    accept(&world, &email, &second).await?;
    Ok(())
}

#[tokio::test]
async fn an_address_in_use_is_refused_alike_wherever_it_is_and_however_it_is_written() -> Outcome {
    let world = World::open().await?;
    let (tenant, stranger) = (world.tenant().await?, world.tenant().await?);
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let mut refusals = Vec::new();
    for taken in [&tenant.email, &stranger.email, &stranger.email.to_uppercase(), &admin.email] {
        let answer = invite(&admin.session, taken, "rep").await?.expect(409)?;
        refusals.push((answer.text("/detail")?.to_owned(), answer.body["errors"].clone()));
    }
    assert!(refusals.iter().all(|refusal| *refusal == refusals[0]), "{refusals:?}");
    assert_eq!(refusals[0].1[0]["code"], "email_in_use");
    assert_eq!(texts_to(&world, &stranger.email).await?.len(), 0, "nobody is written to");
    Ok(())
}

#[tokio::test]
async fn what_looks_like_an_address_and_is_none_is_refused() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    for email in [
        "r\u{435}p@alpha.example",
        "rep@alpha..example",
        "Rep <rep@alpha.example>",
        "rep@alpha.example\r\nBcc: x@y.example",
        "",
    ] {
        let answer = invite(&admin.session, email, "rep").await?.expect(400)?;
        assert_eq!(answer.problem_fields(), ["email"], "{email}");
    }
    Ok(())
}

#[tokio::test]
async fn roles_teams_and_names_that_do_not_exist_are_refused_by_field() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let email = address(&tenant, "never");
    for (changes, field) in [
        (json!({ "role": "operator" }), "role"),
        (json!({ "role": "owner" }), "role"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": "a\nb" }), "name"),
        (json!({ "team_ids": ["team_1"] }), "team_ids[0]"),
        (json!({ "team_ids": ["team_01kar1b2c3d4e5f6g7h8j9k0mn"] }), "team_ids[0]"),
        (json!({ "tenant_id": "tnt_beta" }), "tenant_id"),
        (json!({ "status": "active" }), "status"),
    ] {
        let mut body = json!({ "email": email, "name": "Never", "role": "rep" });
        for (name, value) in changes.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let answer = admin.session.post("/v1/users", &body).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{changes}");
    }
    // What the pool may have kept of these attempts is no hindrance.
    invite(&admin.session, &email, "rep").await?.expect(201)?;
    accept(&world, &email, &invited_password(&world, &email).await?).await?;
    Ok(())
}

#[tokio::test]
async fn only_admins_invite() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let manager = Person::join(&world, &tenant, "manager", Role::Manager).await?;
    for session in [&tenant.session, &manager.session] {
        invite(session, &address(&tenant, "new"), "admin").await?.expect(403)?;
        let path = format!("/v1/users/{}/invitation", manager.id);
        session.post(&path, &json!({})).await?.expect(403)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_tenant_has_no_more_users_than_it_may_have_even_where_two_are_invited_at_once() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    // The tenant's rep and its admin are there.
    allow(&world, &tenant.id, 2).await?;
    let full = invite(&admin.session, &address(&tenant, "third"), "rep").await?.expect(409)?;
    assert_eq!(full.text("/errors/0/code")?, "user_limit_reached");
    allow(&world, &tenant.id, 3).await?;
    let (third, fourth) = (address(&tenant, "third"), address(&tenant, "fourth"));
    let (one, other) =
        tokio::join!(invite(&admin.session, &third, "rep"), invite(&admin.session, &fourth, "rep"));
    let mut statuses = [one?.status, other?.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let listed = admin.session.get("/v1/users").await?.expect(200)?;
    assert_eq!(listed.array("/items")?.len(), 3);
    allow(&world, &tenant.id, 4).await?;
    let invited = listed.array("/items")?.iter().any(|user| user["email"] == third.as_str());
    invite(&admin.session, if invited { &fourth } else { &third }, "rep").await?.expect(201)?;
    Ok(())
}

/// Says, as the account's owner, how many users the tenant may have.
async fn allow(world: &World, tenant: &str, users: u32) -> Outcome {
    let row = world.row(&format!("IDENTITY#{tenant}"), "TENANT").await?;
    let mut row = row.ok_or_else(|| Failed::new("the tenant has no row"))?;
    row.insert("user_limit".to_owned(), AttributeValue::N(users.to_string()));
    world.put_row(row).await
}

async fn invite(session: &Session, email: &str, role: &str) -> Outcome<Answer> {
    let body = json!({ "email": email, "name": "Test new", "role": role });
    Ok(session.post("/v1/users", &body).await?)
}

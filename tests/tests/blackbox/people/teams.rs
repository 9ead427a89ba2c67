//! Teams, and who is in them.

use blackbox::{Answer, Session};
use http::Method;
use kernel::Role;
use serde_json::json;

use super::{Person, change};
use crate::{failed::Outcome, world::World};

#[tokio::test]
async fn a_team_is_made_renamed_filled_and_only_emptied_deleted() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let made = admin.session.post("/v1/teams", &json!({ "name": " North " })).await?.expect(201)?;
    let team = made.text("/id")?;
    assert_eq!((made.text("/name")?, made.header("etag")), ("North", Some("\"1\"")));
    let renamed = ask(&admin.session, Method::PATCH, team, 1, r#"{"name": "South"}"#).await?.expect(200)?;
    assert_eq!(renamed.integer("/version")?, 2);
    ask(&admin.session, Method::PATCH, team, 1, r#"{"name": "West"}"#).await?.expect(412)?;

    let member =
        change(&admin.session, &tenant.user_id, 1, &json!({ "team_ids": [team] })).await?.expect(200)?;
    assert_eq!(member.body["team_ids"], json!([team]));
    let held = ask(&admin.session, Method::DELETE, team, 2, "").await?.expect(409)?;
    assert_eq!(held.text("/errors/0/code")?, "team_has_members");
    change(&admin.session, &tenant.user_id, 2, &json!({ "team_ids": [] })).await?.expect(200)?;
    ask(&admin.session, Method::DELETE, team, 1, "").await?.expect(412)?;
    ask(&admin.session, Method::DELETE, team, 2, "").await?.expect(204)?;
    ask(&admin.session, Method::DELETE, team, 2, "").await?.expect(404)?;
    let late =
        change(&admin.session, &tenant.user_id, 3, &json!({ "team_ids": [team] })).await?.expect(400)?;
    assert_eq!(late.problem_fields(), ["team_ids[0]"]);
    Ok(())
}

#[tokio::test]
async fn everybody_finds_the_teams_and_only_admins_change_them() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let manager = Person::join(&world, &tenant, "manager", Role::Manager).await?;
    let made = admin.session.post("/v1/teams", &json!({ "name": "North" })).await?.expect(201)?;
    let team = made.text("/id")?;
    for session in [&tenant.session, &manager.session] {
        let listed = session.get("/v1/teams").await?.expect(200)?;
        assert_eq!(listed.array("/items")?, std::slice::from_ref(&made.body));
        session.post("/v1/teams", &json!({ "name": "Own" })).await?.expect(403)?;
        ask(session, Method::PATCH, team, 1, r#"{"name": "Own"}"#).await?.expect(403)?;
        ask(session, Method::DELETE, team, 1, "").await?.expect(403)?;
    }
    for body in [json!({ "name": "" }), json!({ "name": "a\nb" }), json!({ "name": null }), json!({})] {
        let answer = admin.session.post("/v1/teams", &body).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), ["name"], "{body}");
    }
    Ok(())
}

async fn ask(session: &Session, method: Method, team: &str, version: i64, body: &str) -> Outcome<Answer> {
    let request = session.request(method, &format!("/v1/teams/{team}"));
    let request = request.header("if-match", &format!("\"{version}\""));
    Ok(request.body("application/json", body).send().await?)
}

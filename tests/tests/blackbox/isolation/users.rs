//! The routes about users and teams as one tenant on another's.

use serde_json::json;

use super::{neighbourhood::Neighbourhood, require};
use crate::{
    failed::Outcome,
    people::{Person, address},
};
use kernel::Role;

/// Each tenant lists its own people; another's cursor is none.
pub async fn list(matrix: &Neighbourhood) -> Outcome<u32> {
    let mine = matrix.mine.session.get("/v1/users?limit=1").await?.expect(200)?;
    let listed: Vec<_> = mine.array("/items")?.iter().map(|user| user["id"].clone()).collect();
    require(listed == [matrix.mine.user_id.as_str()], || format!("listed: {listed:?}"))?;
    for other in &matrix.others {
        let path = format!("/v1/users?limit=1&cursor={}", other.contacts_cursor);
        let answer = matrix.mine.session.get(&path).await?.expect(400)?;
        require(answer.problem_fields() == ["cursor"], || answer.body.to_string())?;
    }
    Ok(3)
}

pub async fn get(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        matrix.mine.session.get(&format!("/v1/users/{}", other.tenant.user_id)).await?.expect(404)?;
    }
    Ok(2)
}

/// Another tenant's address is taken, in words that do not tell whose it is; a tenant can be named nowhere.
pub async fn invite(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = Person::join(&matrix.world, &matrix.mine, "admin", Role::Admin).await?;
    let mut body = json!({ "email": address(&matrix.mine, "new"), "name": "Eve", "role": "admin" });
    for other in &matrix.others {
        let mut taken = body.clone();
        taken["email"] = json!(other.tenant.email);
        let answer = admin.session.post("/v1/users", &taken).await?.expect(409)?;
        require(!answer.body.to_string().contains(&other.tenant.id), || answer.body.to_string())?;
        let mut named = body.clone();
        named["tenant_id"] = json!(other.tenant.id);
        admin.session.post("/v1/users", &named).await?.expect(400)?;
    }
    body["team_ids"] = json!(["team_01kar1b2c3d4e5f6g7h8j9k0mn"]);
    admin.session.post("/v1/users", &body).await?.expect(400)?;
    Ok(5)
}

pub async fn reinvite(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = Person::join(&matrix.world, &matrix.mine, "admin", Role::Admin).await?;
    for other in &matrix.others {
        let path = format!("/v1/users/{}/invitation", other.tenant.user_id);
        admin.session.post(&path, &json!({})).await?.expect(404)?;
    }
    Ok(2)
}

pub async fn update(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = Person::join(&matrix.world, &matrix.mine, "admin", Role::Admin).await?;
    for other in &matrix.others {
        let path = format!("/v1/users/{}", other.tenant.user_id);
        let request = admin.session.request(http::Method::PATCH, &path).header("if-match", "\"1\"");
        request.json(&json!({ "role": "admin" })).send().await?.expect(404)?;
    }
    Ok(2)
}

pub async fn deactivate(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = Person::join(&matrix.world, &matrix.mine, "admin", Role::Admin).await?;
    for other in &matrix.others {
        let path = format!("/v1/users/{}?reassign_to={}", other.tenant.user_id, admin.id);
        let request = admin.session.request(http::Method::DELETE, &path).header("if-match", "\"1\"");
        request.send().await?.expect(404)?;
    }
    Ok(2)
}

/// A message works within the tenant it names: another's contacts stay, though the leaver it names is their owner.
pub async fn reassign(matrix: &Neighbourhood) -> Outcome<u32> {
    let queue = matrix.world.output("ReassignQueueUrl");
    let sqs = aws_sdk_sqs::Client::new(&matrix.world.aws.config);
    let own = matrix.mine.contact().await?;
    for other in &matrix.others {
        for from in [&other.tenant.user_id, &matrix.mine.user_id] {
            let body = json!({ "tenant_id": matrix.mine.id, "from": from, "to": other.tenant.user_id });
            let request = sqs.send_message().queue_url(queue).delay_seconds(0);
            request.message_body(body.to_string()).send().await?;
        }
    }
    // The messages about one's own contact say when they have been worked on.
    crate::eventually::eventually("the own contact's owner", async || {
        let row = matrix.world.row(&format!("T#{}#CONTACT", matrix.mine.id), &own).await?;
        let owner = row.and_then(|row| row["owner_id"].as_s().ok().cloned());
        Ok((owner.as_deref() != Some(matrix.mine.user_id.as_str())).then_some(()))
    })
    .await?;
    for other in &matrix.others {
        let row = matrix.world.row(&format!("T#{}#CONTACT", other.tenant.id), &other.contact).await?;
        let owner = row.and_then(|row| row["owner_id"].as_s().ok().cloned());
        require(owner.as_deref() == Some(other.tenant.user_id.as_str()), || {
            format!("the owner is {owner:?}")
        })?;
    }
    Ok(4)
}

/// Another tenant's list position is none of one's own.
pub async fn teams_list(matrix: &Neighbourhood) -> Outcome<u32> {
    for other in &matrix.others {
        let path = format!("/v1/teams?cursor={}", other.contacts_cursor);
        let answer = matrix.mine.session.get(&path).await?.expect(400)?;
        require(answer.problem_fields() == ["cursor"], || answer.body.to_string())?;
    }
    Ok(2)
}

pub async fn teams_create(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = Person::join(&matrix.world, &matrix.mine, "admin", Role::Admin).await?;
    for other in &matrix.others {
        let named = json!({ "name": "North", "tenant_id": other.tenant.id });
        admin.session.post("/v1/teams", &named).await?.expect(400)?;
    }
    Ok(2)
}

pub async fn teams_update(matrix: &Neighbourhood) -> Outcome<u32> {
    on_foreign_teams(matrix, &http::Method::PATCH).await
}

pub async fn teams_delete(matrix: &Neighbourhood) -> Outcome<u32> {
    on_foreign_teams(matrix, &http::Method::DELETE).await
}

/// Asks as one tenant for a team that another has.
async fn on_foreign_teams(matrix: &Neighbourhood, method: &http::Method) -> Outcome<u32> {
    let admin = Person::join(&matrix.world, &matrix.mine, "admin", Role::Admin).await?;
    let stranger = matrix.world.tenant().await?;
    let owner = Person::join(&matrix.world, &stranger, "admin", Role::Admin).await?;
    let made = owner.session.post("/v1/teams", &json!({ "name": "North" })).await?.expect(201)?;
    let path = format!("/v1/teams/{}", made.text("/id")?);
    let request = admin.session.request(method.clone(), &path).header("if-match", "\"1\"");
    request.body("application/json", r#"{"name": "Taken"}"#).send().await?.expect(404)?;
    let listed = owner.session.get("/v1/teams").await?.expect(200)?;
    require(listed.body["items"][0]["name"] == "North", || listed.body.to_string())?;
    Ok(1)
}

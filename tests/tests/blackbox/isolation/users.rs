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

//! The routes about tenants, as one tenant's admin on another's: each knows its own, and none is an operator.

use http::Method;
use kernel::Role;
use serde_json::json;

use super::{neighbourhood::Neighbourhood, require};
use crate::{failed::Outcome, people::Person};

pub async fn read(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = Person::join(&matrix.world, &matrix.mine, "admin", Role::Admin).await?;
    for other in &matrix.others {
        let request = admin.session.request(Method::GET, "/v1/tenant");
        let answer = request.header("x-tenant-id", &other.tenant.id).send().await?.expect(200)?;
        require(answer.text("/id")? == matrix.mine.id, || answer.body.to_string())?;
    }
    Ok(2)
}

/// A tenant can be named nowhere.
pub async fn update(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = Person::join(&matrix.world, &matrix.mine, "admin", Role::Admin).await?;
    for other in &matrix.others {
        let request = admin.session.request(Method::PATCH, "/v1/tenant").header("if-match", "\"1\"");
        request.json(&json!({ "id": other.tenant.id, "name": "Eve" })).send().await?.expect(400)?;
    }
    Ok(2)
}

pub async fn list(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = Person::join(&matrix.world, &matrix.mine, "admin", Role::Admin).await?;
    admin.session.get("/v1/platform/tenants").await?.expect(403)?;
    Ok(1)
}

pub async fn create(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = Person::join(&matrix.world, &matrix.mine, "admin", Role::Admin).await?;
    admin.session.post("/v1/platform/tenants", &json!({ "name": "Eve" })).await?.expect(403)?;
    Ok(1)
}

pub async fn change(matrix: &Neighbourhood) -> Outcome<u32> {
    let admin = Person::join(&matrix.world, &matrix.mine, "admin", Role::Admin).await?;
    for other in &matrix.others {
        let path = format!("/v1/platform/tenants/{}", other.tenant.id);
        let request = admin.session.request(Method::PATCH, &path).header("if-match", "\"1\"");
        request.json(&json!({ "status": "suspended" })).send().await?.expect(403)?;
    }
    Ok(2)
}

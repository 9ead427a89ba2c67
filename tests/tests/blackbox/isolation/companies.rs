//! Another tenant's companies and fields.

use http::Method;
use serde_json::json;

use super::{neighbourhood::Neighbourhood, require};
use crate::{
    failed::Outcome,
    world::{Tenant, World},
};

/// A stranger with a company, and the company's id. Of its own, so that the neighbours stay as they are.
async fn stranger(world: &World) -> Outcome<(Tenant, String)> {
    let tenant = world.tenant().await?;
    let body = json!({ "name": "Theirs", "domains": ["theirs.example"] });
    let company = tenant.session.post("/v1/companies", &body).await?.expect(201)?;
    Ok((tenant, company.text("/id")?.to_owned()))
}

/// The same domain is free in every tenant, and neither owner nor parent can be another's.
pub async fn create(matrix: &Neighbourhood) -> Outcome<u32> {
    let (tenant, company) = stranger(&matrix.world).await?;
    let own = &matrix.mine.session;
    let body = json!({ "name": "Mine", "domains": ["theirs.example"] });
    own.post("/v1/companies", &body).await?.expect(201)?;
    for (field, id) in [("owner_id", &tenant.user_id), ("parent_id", &company)] {
        let mut body = json!({ "name": "Mine" });
        body[field] = json!(id);
        let answer = own.post("/v1/companies", &body).await?.expect(400)?;
        require(answer.problem_fields() == [field], || answer.body.to_string())?;
    }
    let contact = json!({ "last_name": "L", "company_id": company });
    let answer = own.post("/v1/contacts", &contact).await?.expect(400)?;
    require(answer.problem_fields() == ["company_id"], || answer.body.to_string())?;
    Ok(4)
}

pub async fn list(matrix: &Neighbourhood) -> Outcome<u32> {
    let (tenant, company) = stranger(&matrix.world).await?;
    tenant.session.post("/v1/companies", &json!({ "name": "Second" })).await?.expect(201)?;
    let page = tenant.session.get("/v1/companies?limit=1").await?.expect(200)?;
    let path = format!("/v1/companies?limit=1&cursor={}", page.text("/next_cursor")?);
    let answer = matrix.mine.session.get(&path).await?.expect(400)?;
    require(answer.problem_fields() == ["cursor"], || answer.body.to_string())?;
    let listed = matrix.mine.session.get("/v1/companies?limit=200").await?.expect(200)?;
    let seen = listed.array("/items")?.iter().any(|item| item["id"] == company.as_str());
    require(!seen, || "another's company is listed".to_owned())?;
    Ok(2)
}

pub async fn get(matrix: &Neighbourhood) -> Outcome<u32> {
    let (_, company) = stranger(&matrix.world).await?;
    matrix.mine.session.get(&format!("/v1/companies/{company}")).await?.expect(404)?;
    Ok(1)
}

pub async fn update(matrix: &Neighbourhood) -> Outcome<u32> {
    refused(matrix, Method::PATCH).await
}

pub async fn delete(matrix: &Neighbourhood) -> Outcome<u32> {
    refused(matrix, Method::DELETE).await
}

async fn refused(matrix: &Neighbourhood, method: Method) -> Outcome<u32> {
    let (tenant, company) = stranger(&matrix.world).await?;
    let path = format!("/v1/companies/{company}");
    let request = matrix.mine.bearer(method, &path).header("if-match", "\"1\"");
    request.json(&json!({ "name": "Eve" })).send().await?.expect(404)?;
    let theirs = tenant.session.get(&path).await?.expect(200)?;
    require(theirs.body["name"] == "Theirs", || theirs.body.to_string())?;
    Ok(1)
}

/// There is nothing by which to name another tenant's.
pub async fn fields(matrix: &Neighbourhood) -> Outcome<u32> {
    let own = matrix.mine.session.get("/v1/custom-fields").await?.expect(200)?;
    require(own.body["fields"] == json!([]), || own.body.to_string())?;
    Ok(1)
}

/// A rep of either tenant defines none.
pub async fn replace_fields(matrix: &Neighbourhood) -> Outcome<u32> {
    let request = matrix.mine.bearer(Method::PUT, "/v1/custom-fields").header("if-match", "\"0\"");
    request.json(&json!({ "fields": [] })).send().await?.expect(403)?;
    for other in &matrix.others {
        let theirs = other.tenant.session.get("/v1/custom-fields").await?.expect(200)?;
        require(theirs.body["version"] == 0, || theirs.body.to_string())?;
    }
    Ok(3)
}

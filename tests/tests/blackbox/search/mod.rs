//! Searching contacts.

mod bad_input;
mod finding;
mod quota;
mod shards;

use serde_json::{Value, json};

use crate::{failed::Outcome, world::Tenant};

/// Creates a contact and gives its id.
async fn create(tenant: &Tenant, contact: &Value) -> Outcome<String> {
    let answer = tenant.session.post("/v1/contacts", contact).await?.expect(201)?;
    Ok(answer.text("/id")?.to_owned())
}

/// The ids that a search gives, best first.
async fn found(tenant: &Tenant, query: &str) -> Outcome<Vec<String>> {
    let answer = tenant.session.post("/v1/contacts/search", &json!({ "q": query })).await?.expect(200)?;
    let ids = answer.array("/items")?.iter().filter_map(|item| item["contact"]["id"].as_str());
    Ok(ids.map(str::to_owned).collect())
}

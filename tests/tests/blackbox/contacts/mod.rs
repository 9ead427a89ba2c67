//! Contacts over their whole life.

mod changing;
mod companies;
mod deleting;
mod fields;
mod listing;
mod repeating;

use blackbox::{Answer, Session};
use http::Method;
use serde_json::Value;

use crate::{failed::Outcome, world::Tenant};

/// `PATCH` with the version that is expected to stand.
pub async fn patch(tenant: &Tenant, contact: &str, version: i64, body: &Value) -> Outcome<Answer> {
    let request = tenant.bearer(Method::PATCH, &format!("/v1/contacts/{contact}"));
    Ok(request.header("if-match", &format!("\"{version}\"")).json(body).send().await?)
}

pub async fn delete(tenant: &Tenant, contact: &str, version: i64) -> Outcome<Answer> {
    let request = tenant.bearer(Method::DELETE, &format!("/v1/contacts/{contact}"));
    Ok(request.header("if-match", &format!("\"{version}\"")).send().await?)
}

pub async fn restore(session: &Session, contact: &str) -> Outcome<Answer> {
    Ok(session.request(Method::POST, &format!("/v1/contacts/{contact}/restore")).send().await?)
}

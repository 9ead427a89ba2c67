//! A tenant's telephony account and numbers.

mod account;
mod numbers;

use blackbox::{Answer, Session};
use http::Method;
use kernel::Role;
use serde_json::Value;

use crate::{
    failed::Outcome,
    people::Person,
    world::{Tenant, World},
};

pub const ACCOUNT: &str = "/v1/tenant/telephony";
pub const NUMBERS: &str = "/v1/tenant/phone-numbers";

pub async fn admin(world: &World, tenant: &Tenant) -> Outcome<Session> {
    Ok(Person::join(world, tenant, "admin", Role::Admin).await?.session)
}

/// Puts `body` over `version`; 0 names none.
pub async fn put(session: &Session, path: &str, version: i64, body: &Value) -> Outcome<Answer> {
    let request = session.request(Method::PUT, path);
    let request = if version > 0 { request.header("if-match", &format!("\"{version}\"")) } else { request };
    Ok(request.json(body).send().await?)
}

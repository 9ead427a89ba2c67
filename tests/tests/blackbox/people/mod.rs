//! The people of a tenant: who is listed, who is invited, who may change what.

mod account;
mod inviting;
mod leaving;
mod listing;
mod provisioning;
mod teams;
mod updating;

use blackbox::{Answer, Session};
use http::Method;
use kernel::{Role, SystemAmbient};
use provision::{NewUser, new_password};
use serde_json::Value;

use crate::{
    failed::Outcome,
    world::{Tenant, World},
};

/// A further user of the tenant, signed in.
pub struct Person {
    pub id: String,
    pub email: String,
    pub password: String,
    pub session: Session,
}

impl Person {
    /// `name` is what stands before the `@`.
    pub async fn join(world: &World, tenant: &Tenant, name: &str, role: Role) -> Outcome<Self> {
        let user = NewUser {
            email: address(tenant, name),
            name: format!("Test {name}"),
            password: new_password(&SystemAmbient),
            role,
            phone: Some("+14155550112".to_owned()),
        };
        let id = world.provisioner.ensure_user(&tenant.tenant_id, &user).await?.to_string();
        let session = world.api.sign_in(&user.email, &user.password).await?;
        Ok(Self { id, email: user.email, password: user.password, session })
    }
}

/// A change of a user, meant for `version`.
pub async fn change(session: &Session, user: &str, version: i64, body: &Value) -> Outcome<Answer> {
    let request = session.request(Method::PATCH, &format!("/v1/users/{user}"));
    Ok(request.header("if-match", &format!("\"{version}\"")).json(body).send().await?)
}

/// An address of the tenant's domain.
pub fn address(tenant: &Tenant, name: &str) -> String {
    format!("{name}@{}.example", tenant.id.replace('_', "-"))
}

//! The people of a tenant: who is listed, who is invited, who may change what.

mod account;
mod inviting;
mod leaving;
mod listing;
mod provisioning;
mod teams;
mod tenant_command;
mod updating;
mod visibility;

use blackbox::{Answer, Session, SignIn};
use http::Method;
use kernel::{Role, SystemAmbient};
use provision::{NewUser, new_password};
use serde_json::{Value, json};

use crate::{
    failed::{Failed, Outcome},
    world::{Tenant, World},
};

/// What those choose who accept an invitation.
const OWN_PASSWORD: &str = "Battery-staple-7-horse";

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

    /// Puts the user into a team and signs in anew: the change has ended the session.
    pub async fn enter(self, world: &World, admin: &Session, team: &str) -> Outcome<Self> {
        change(admin, &self.id, 1, &json!({ "team_ids": [team] })).await?.expect(200)?;
        let session = world.api.sign_in(&self.email, &self.password).await?;
        Ok(Self { session, ..self })
    }
}

/// A change of a user, meant for `version`.
pub async fn change(session: &Session, user: &str, version: i64, body: &Value) -> Outcome<Answer> {
    let request = session.request(Method::PATCH, &format!("/v1/users/{user}"));
    Ok(request.header("if-match", &format!("\"{version}\"")).json(body).send().await?)
}

/// Deactivates a user; `query` says whose their contacts become.
pub async fn leave(session: &Session, user: &str, query: &str, version: i64) -> Outcome<Answer> {
    let request = session.request(Method::DELETE, &format!("/v1/users/{user}{query}"));
    Ok(request.header("if-match", &format!("\"{version}\"")).send().await?)
}

/// An address of the tenant's domain.
pub fn address(tenant: &Tenant, name: &str) -> String {
    format!("{name}@{}.example", tenant.id.replace('_', "-"))
}

/// Signs in with the temporary password and chooses one of one's own.
pub async fn accept(world: &World, email: &str, password: &str) -> Outcome<Session> {
    let challenged = match world.api.begin_sign_in(email, password).await? {
        SignIn::Challenged { challenge, session } if challenge == "NEW_PASSWORD_REQUIRED" => session,
        _ => return Err(Failed::new("a new password was not asked for")),
    };
    let response = json!({ "new_password": OWN_PASSWORD });
    match world.api.meet_challenge("NEW_PASSWORD_REQUIRED", &challenged, &response).await? {
        SignIn::Done(session) => Ok(session),
        SignIn::Challenged { challenge, .. } => Err(Failed::new(format!("{challenge} was asked for"))),
    }
}

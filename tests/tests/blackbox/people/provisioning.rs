//! What an operator's tool does to a user who is there already.

use kernel::{Role, SystemAmbient};
use provision::{NewUser, new_password};
use serde_json::json;

use super::{Person, change};
use crate::{failed::Outcome, world::World};

#[tokio::test]
async fn provisioning_again_sets_password_and_role_and_keeps_the_rest() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let admin = Person::join(&world, &tenant, "admin", Role::Admin).await?;
    let rep = Person::join(&world, &tenant, "renamed", Role::Rep).await?;
    let change = change(&admin.session, &rep.id, 1, &json!({ "name": "Renamed Since" })).await?;
    change.expect(200)?;
    let mut wanted = NewUser {
        email: rep.email.clone(),
        name: "Test renamed".to_owned(),
        password: new_password(&SystemAmbient),
        role: Role::Rep,
        phone: None,
    };

    let id = world.provisioner.ensure_user(&tenant.tenant_id, &wanted).await?;
    assert_eq!(id.to_string(), rep.id);
    let path = format!("/v1/users/{}", rep.id);
    let seen = admin.session.get(&path).await?.expect(200)?;
    assert_eq!((seen.text("/name")?, seen.integer("/version")?), ("Renamed Since", 2));
    assert_eq!(seen.text("/phone")?, "+14155550112");
    // The token of the password before has not been used yet, so the gateway holds no verdict about it.
    assert_eq!(rep.session.get("/v1/contacts").await?.status, 403);
    world.api.sign_in(&wanted.email, &wanted.password).await?.get("/v1/contacts").await?.expect(200)?;

    wanted.role = Role::Manager;
    world.provisioner.ensure_user(&tenant.tenant_id, &wanted).await?;
    let seen = admin.session.get(&path).await?.expect(200)?;
    assert_eq!((seen.text("/role")?, seen.integer("/version")?), ("manager", 3));
    assert_eq!(seen.text("/name")?, "Renamed Since");
    Ok(())
}

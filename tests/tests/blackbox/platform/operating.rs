//! The operators' routes.

use blackbox::{Answer, Session};
use http::Method;
use kernel::SystemAmbient;
use provision::new_password;
use serde_json::{Value, json};

use crate::{
    failed::Outcome,
    mailbox::invited_password,
    people::accept,
    world::{World, random_hex},
};

const TENANTS: &str = "/v1/platform/tenants";

#[tokio::test]
async fn an_operator_makes_a_tenant_and_equips_it() -> Outcome {
    let world = World::open().await?;
    let operator = operator(&world).await?;
    let body = json!({ "name": "Gamma", "modules": ["crm_pro"], "user_limit": 5 });
    let created = operator.post(TENANTS, &body).await?.expect(201)?;
    let id = created.text("/id")?.to_owned();
    assert_eq!(created.header("location"), Some(format!("{TENANTS}/{id}").as_str()));
    assert_eq!(created.text("/status")?, "active");

    let changed =
        change(&operator, &id, 1, &json!({ "user_limit": null, "modules": [] })).await?.expect(200)?;
    assert_eq!((changed.integer("/version")?, changed.header("etag")), (2, Some("\"2\"")));
    assert!(changed.body["user_limit"].is_null() && changed.array("/modules")?.is_empty());
    assert_eq!(change(&operator, &id, 1, &json!({ "user_limit": 7 })).await?.status, 412);
    let unguarded = operator.request(Method::PATCH, &format!("{TENANTS}/{id}")).json(&json!({}));
    assert_eq!(unguarded.send().await?.status, 428);
    Ok(())
}

/// Neither its own tenant, nor any tenant's data.
#[tokio::test]
async fn an_operator_reaches_tenants_and_nothing_in_them() -> Outcome {
    let world = World::open().await?;
    let operator = operator(&world).await?;
    for path in ["/v1/contacts", "/v1/users", "/v1/teams", "/v1/tenant"] {
        assert_eq!(operator.get(path).await?.status, 403, "{path}");
    }
    let own = kernel::PLATFORM_TENANT;
    let refused = change(&operator, own, 1, &json!({ "status": "suspended" })).await?.expect(409)?;
    assert_eq!(refused.text("/errors/0/code")?, "platform_tenant");
    assert_eq!(change(&operator, "tnt_nobody", 1, &json!({})).await?.status, 404);
    let page = operator.get(&format!("{TENANTS}?limit=1")).await?.expect(200)?;
    assert_eq!(page.array("/items")?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_no_tenant_can_be_is_refused_by_name() -> Outcome {
    let world = World::open().await?;
    let operator = operator(&world).await?;
    for (body, field) in [
        (json!({ "name": " " }), "name"),
        (json!({}), "name"),
        (json!({ "name": "x", "user_limit": -1 }), "user_limit"),
        (json!({ "name": "x", "modules": ["nonsense"] }), "modules[0]"),
        (json!({ "name": "x", "id": "tnt_alpha" }), "id"),
        (json!({ "name": "x", "admin": { "email": "nobody", "name": "x" } }), "admin.email"),
        (json!({ "name": "x", "admin": { "email": "x@y.example", "name": " " } }), "admin.name"),
        (json!({ "name": "x", "admin": { "email": "x@y.example" } }), "admin.name"),
        (
            json!({ "name": "x", "admin": { "email": "x@y.example", "name": "x", "role": "rep" } }),
            "admin.role",
        ),
    ] {
        let answer = operator.post(TENANTS, &body).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{body}");
    }
    Ok(())
}

#[tokio::test]
async fn a_tenants_first_admin_is_invited_with_it() -> Outcome {
    let world = World::open().await?;
    let operator = operator(&world).await?;
    let name = format!("Delta {}", random_hex(6));
    let email = format!("admin-{}@delta.example", random_hex(6));
    let body = json!({ "name": name, "admin": { "email": email.to_uppercase(), "name": "Demo admin" }, "user_limit": 1 });
    let created = operator.post(TENANTS, &body).await?.expect(201)?;
    let admin = accept(&world, &email, &invited_password(&world, &email).await?).await?;
    let me = admin.get("/v1/me").await?.expect(200)?;
    assert_eq!((me.text("/role")?, me.text("/name")?), ("admin", "Demo admin"));
    assert_eq!((me.text("/tenant/id")?, me.text("/tenant/name")?), (created.text("/id")?, name.as_str()));
    admin.get("/v1/tenant").await?.expect(200)?;
    let invitation = json!({ "email": format!("x{email}"), "name": "Too many", "role": "rep" });
    let full = admin.post("/v1/users", &invitation).await?.expect(409)?;
    assert_eq!(full.text("/errors/0/code")?, "user_limit_reached");

    // An address serves once, and no tenant comes of one that does not.
    let other = format!("Epsilon {}", random_hex(6));
    let body = json!({ "name": other, "admin": { "email": email, "name": "Demo admin" } });
    let refused = operator.post(TENANTS, &body).await?.expect(409)?;
    assert_eq!(refused.text("/errors/0/code")?, "email_in_use");
    let (mut path, mut names) = (format!("{TENANTS}?limit=200"), Vec::new());
    loop {
        let page = operator.get(&path).await?.expect(200)?;
        names.extend(page.array("/items")?.iter().map(|tenant| tenant["name"].clone()));
        let Ok(cursor) = page.text("/next_cursor") else { break };
        path = format!("{TENANTS}?limit=200&cursor={cursor}");
    }
    assert!(names.contains(&json!(name)) && !names.contains(&json!(other)));
    Ok(())
}

async fn operator(world: &World) -> Outcome<Session> {
    let email = format!("operator-{}@platform.example", random_hex(6));
    let password = new_password(&SystemAmbient);
    world.provisioner.ensure_operator(&email, &password).await?;
    Ok(world.api.sign_in(&email, &password).await?)
}

async fn change(session: &Session, tenant: &str, version: i64, body: &Value) -> Outcome<Answer> {
    let request = session.request(Method::PATCH, &format!("{TENANTS}/{tenant}"));
    Ok(request.header("if-match", &format!("\"{version}\"")).json(body).send().await?)
}

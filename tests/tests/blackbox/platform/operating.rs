//! The operators' routes.

use blackbox::{Answer, Session};
use http::Method;
use kernel::SystemAmbient;
use provision::new_password;
use serde_json::{Value, json};

use crate::{
    failed::Outcome,
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
    ] {
        let answer = operator.post(TENANTS, &body).await?.expect(400)?;
        assert_eq!(answer.problem_fields(), [field], "{body}");
    }
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

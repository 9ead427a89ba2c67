//! Bodies that are no JSON, that are too large, or that are not what the route takes.

use http::Method;

use super::{Stored, assert_names, assert_problem};
use crate::{
    failed::Outcome,
    world::{Tenant, World},
};

const JSON: &str = "application/json";
const LIMIT_BYTES: usize = 1024 * 1024;

/// Every route that takes a JSON body.
const ROUTES: [&str; 4] = ["/v1/auth/sign-in", "/v1/auth/challenge", "/v1/contacts", "/v1/calls"];

#[tokio::test]
async fn what_is_no_json_is_called_so() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let before = Stored::now(&world, &tenant).await?;
    for route in ROUTES {
        for body in ["", " ", "{", "{\"first_name\": }", "first_name=Ada", "{} trailing", "<a/>", "\u{0}"] {
            let answer = tenant.bearer(Method::POST, route).body(JSON, body).send().await?;
            assert_problem(&answer, 400, "malformed_json", &format!("{route} {body:?}"));
        }
        let answer = tenant.bearer(Method::POST, route).body(JSON, [b'{', 0xff, 0xfe, b'}']).send().await?;
        assert_problem(&answer, 400, "malformed_json", &format!("{route} with bytes that are no text"));
    }
    before.assert_unchanged(&world, &tenant).await
}

#[tokio::test]
async fn every_route_names_an_unknown_field_and_takes_objects_only() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let contact = tenant.contact().await?;
    let before = Stored::now(&world, &tenant).await?;
    let call = format!(r#"{{"contact_id": "{contact}", "mode": "bridge", "record": true}}"#);
    for (route, body, field) in [
        (
            "/v1/auth/sign-in",
            r#"{"email": "a@b.example", "password": "x", "tenant_id": "tnt_a"}"#,
            "tenant_id",
        ),
        (
            "/v1/auth/challenge",
            r#"{"challenge": "SOFTWARE_TOKEN_MFA", "session": "a.b", "user": "x"}"#,
            "user",
        ),
        ("/v1/contacts", r#"{"first_name": "Ada", "tenant_id": "tnt_a"}"#, "tenant_id"),
        ("/v1/calls", &call, "record"),
    ] {
        let answer = post(&tenant, route, body).await?;
        assert_names(&answer, field, route);
        assert_eq!(answer.text("/errors/0/code")?, "unknown_field", "{route}");
        for body in ["[]", "null", "7", "\"text\""] {
            assert_names(&post(&tenant, route, body).await?, "", &format!("{route} {body}"));
        }
    }
    before.assert_unchanged(&world, &tenant).await
}

/// A body of the limit's size is looked into, and one of a byte more is not.
#[tokio::test]
async fn a_body_beyond_a_megabyte_is_too_large() -> Outcome {
    let world = World::open().await?;
    let tenant = world.tenant().await?;
    let before = Stored::now(&world, &tenant).await?;
    for route in ROUTES {
        let answer = post(&tenant, route, &padded(LIMIT_BYTES)).await?;
        assert_names(&answer, "padding", route);
        let answer = post(&tenant, route, &padded(LIMIT_BYTES + 1)).await?;
        assert_problem(&answer, 400, "body_too_large", route);
    }
    let path = format!("/v1/webhooks/twilio/{}/voice-status", tenant.id);
    let form = "application/x-www-form-urlencoded";
    let answer =
        world.api.request(Method::POST, &path).body(form, vec![b'a'; LIMIT_BYTES + 1]).send().await?;
    assert_problem(&answer, 400, "body_too_large", &path);
    before.assert_unchanged(&world, &tenant).await
}

/// An object of exactly this many bytes, with one field that no route knows.
fn padded(bytes: usize) -> String {
    let frame = r#"{"padding":""}"#;
    format!(r#"{{"padding":"{}"}}"#, "x".repeat(bytes - frame.len()))
}

async fn post(tenant: &Tenant, route: &str, body: &str) -> Outcome<blackbox::Answer> {
    Ok(tenant.bearer(Method::POST, route).body(JSON, body).send().await?)
}

use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::*;

fn contract() -> Arc<Contract> {
    Contract::shared().expect("the description is usable")
}

fn headers(content_type: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static(content_type));
    headers.insert("x-request-id", HeaderValue::from_static("request-1"));
    headers.insert("etag", HeaderValue::from_static("\"1\""));
    headers
}

fn contact() -> Value {
    let contract = contract();
    contract.at("/components/examples/Contact/value").expect("an example").clone()
}

fn problem(status: u16, code: &str) -> Value {
    json!({
        "type": format!("/problems/{code}"), "title": "t", "status": status, "detail": "d", "request_id": "request-1",
    })
}

const CONTACT_PATH: &str = "/v1/contacts/con_01kar4t5v3c8m2x9p7w6r4n1hz";

fn judge(path: &str, status: u16, headers: &HeaderMap, body: &Value) -> Result<Value, String> {
    let body = body.to_string();
    let seen = SeenAnswer { status, headers, body: body.as_bytes() };
    contract().check_answer(&Method::GET, path, seen).map_err(|error| error.to_string())
}

fn judge_contact(body: &Value) -> Result<Value, String> {
    judge(CONTACT_PATH, 200, &headers("application/json; charset=utf-8"), body)
}

#[track_caller]
fn assert_fault(outcome: Result<Value, String>, wanted: &str) {
    let fault = outcome.expect_err("the answer breaks the contract");
    assert!(fault.contains(wanted), "{wanted:?} is not named in: {fault}");
}

#[test]
fn an_answer_as_described_is_let_through() {
    assert_eq!(judge_contact(&contact()), Ok(contact()));
    assert_eq!(
        judge(CONTACT_PATH, 404, &headers("application/problem+json"), &problem(404, "not_found")),
        Ok(problem(404, "not_found"))
    );
    let page = json!({ "items": [contact()], "next_cursor": null });
    assert!(judge("/v1/contacts?limit=1", 200, &headers("application/json"), &page).is_ok());
}

#[test]
fn a_field_too_many_is_found() {
    let mut body = contact();
    body["password"] = json!("secret");
    assert_fault(judge_contact(&body), "'password' was unexpected");
    let mut body = contact();
    body["emails"][0]["verified"] = json!(true);
    assert_fault(judge_contact(&body), "/emails/0: ");
}

#[test]
fn a_missing_field_is_found() {
    let mut body = contact();
    body.as_object_mut().expect("an object").remove("version");
    assert_fault(judge_contact(&body), "\"version\" is a required property");
}

#[test]
fn a_wrong_type_pattern_or_format_is_found() {
    for (field, value) in [
        ("version", json!("1")),
        ("version", json!(0)),
        ("id", json!("con_1")),
        ("id", json!("call_01kar4t5v3c8m2x9p7w6r4n1hz")),
        ("created_at", json!("2026-13-22T09:29:30Z")),
        ("created_at", json!("2026-11-22T09:29:30+01:00")),
        ("visibility", json!("world")),
        ("tags", json!(null)),
    ] {
        let mut body = contact();
        body[field] = value;
        assert_fault(judge_contact(&body), &format!("/{field}: "));
    }
    let mut body = contact();
    body["emails"][0]["address"] = json!("no address");
    assert_fault(judge_contact(&body), "/emails/0/address: ");
}

#[test]
fn an_undocumented_status_operation_or_content_type_is_found() {
    assert_fault(
        judge(CONTACT_PATH, 202, &headers("application/json"), &contact()),
        "202 is no status of contacts-get",
    );
    assert_fault(judge("/v1/unknown", 200, &headers("application/json"), &contact()), "no such operation");
    assert_fault(
        judge("/v1/contacts//timeline", 200, &headers("application/json"), &contact()),
        "no such operation",
    );
    assert_fault(
        judge(CONTACT_PATH, 200, &headers("text/html"), &contact()),
        "text/html instead of application/json",
    );
    assert_fault(
        judge(CONTACT_PATH, 404, &headers("application/json"), &problem(404, "not_found")),
        "instead of application/problem+json",
    );
}

#[test]
fn a_body_that_is_not_json_and_one_that_should_not_be_are_found() {
    let headers = headers("application/json");
    let seen = SeenAnswer { status: 200, headers: &headers, body: b"<html>" };
    let error = contract().check_answer(&Method::GET, CONTACT_PATH, seen).expect_err("not JSON");
    assert!(error.to_string().contains("not JSON"), "{error}");
    let path = "/v1/webhooks/twilio/tnt_alpha/voice-status?call_id=call_01kar4vg2s9d8f7g6h5j4k3m2n";
    let seen = SeenAnswer { status: 204, headers: &headers, body: b"{}" };
    let error = contract().check_answer(&Method::POST, path, seen).expect_err("a body with 204");
    assert!(error.to_string().contains("a body came"), "{error}");
    let seen = SeenAnswer { status: 204, headers: &headers, body: b"" };
    assert!(contract().check_answer(&Method::POST, path, seen).is_ok());
}

#[test]
fn missing_and_malformed_headers_are_found() {
    for (name, value, wanted) in [
        ("etag", None, "the header ETag is missing"),
        ("etag", Some("1"), "the header ETag: "),
        ("x-request-id", None, "the header X-Request-Id is missing"),
    ] {
        let mut headers = headers("application/json");
        headers.remove(name);
        if let Some(value) = value {
            headers.insert(name, HeaderValue::from_static(value));
        }
        assert_fault(judge(CONTACT_PATH, 200, &headers, &contact()), wanted);
    }
}

#[test]
fn a_problem_of_another_kind_status_or_request_is_found() {
    let headers = headers("application/problem+json");
    assert_fault(judge(CONTACT_PATH, 404, &headers, &problem(404, "conflict")), "/type: ");
    assert_fault(judge(CONTACT_PATH, 404, &headers, &problem(400, "not_found")), "/status: ");
    let mut body = problem(404, "not_found");
    body["request_id"] = json!("request-2");
    assert_fault(judge(CONTACT_PATH, 404, &headers, &body), "\"request-2\"");
}

#[test]
fn what_the_gateway_says_itself_is_let_through_where_it_may_speak() {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let body = json!({ "message": "Unauthorized" });
    assert!(judge(CONTACT_PATH, 401, &headers, &body).is_ok());
    assert_fault(judge(CONTACT_PATH, 404, &headers, &body), "instead of application/problem+json");
}

#[test]
fn frames_are_judged() {
    let contract = contract();
    let activity = contract
        .at("/paths/~1v1~1contacts~1{contact_id}~1timeline/get/responses/200/content/application~1json/examples/one_call/value/items/0")
        .expect("an example")
        .clone();
    let event = |data: &Value| {
        json!({ "type": "event", "epoch": "5c1f0a9b7e6d4c3b2a19080706050403", "seq": 1, "event": {
            "id": "evt_1", "type": "activity.created", "occurred_at": "2026-11-22T09:31:45Z",
            "contact_id": "con_01kar4t5v3c8m2x9p7w6r4n1hz", "data": data,
        }})
    };
    assert!(contract.check_server_frame(&event(&activity)).is_ok());
    assert!(contract.check_server_frame(&json!({ "type": "pong" })).is_ok());
    let mut open = activity;
    open["note"] = json!("undescribed");
    for frame in [event(&open), json!({ "type": "pong", "n": 1 }), json!({ "type": "hello" }), json!([])] {
        assert!(contract.check_server_frame(&frame).is_err(), "{frame}");
    }
}

/// Compiles every schema of the description: one that does not compile would otherwise fail the first test that needs it.
#[test]
fn every_schema_compiles() {
    let contract = contract();
    let schemas = contract.at("/components/schemas").and_then(Value::as_object).expect("schemas");
    for name in schemas.keys() {
        let outcome = contract.validator(&format!("/components/schemas/{name}"));
        assert!(outcome.is_ok(), "{name}: {:?}", outcome.err());
    }
}

/// The linter does not see references from `x-websocket`, so it cannot tell what is unused.
#[test]
fn every_component_is_used() {
    let text = contract().document.to_string();
    let contract = contract();
    let kinds = contract.at("/components").and_then(Value::as_object).expect("components");
    let unused: Vec<_> = kinds
        .iter()
        .filter(|(kind, _)| *kind != "securitySchemes")
        .flat_map(|(kind, parts)| {
            parts
                .as_object()
                .into_iter()
                .flat_map(Map::keys)
                .map(move |name| format!("#/components/{kind}/{name}"))
        })
        .filter(|reference| !text.contains(&format!("\"{reference}\"")))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// An operation without a problem for what it may refuse would make tests fail on a good answer.
#[test]
fn every_operation_describes_the_refusals_of_its_kind() {
    let contract = contract();
    for operation in contract.operations() {
        let described = |status: u16| contract.response_pointer(operation, status).is_some();
        let bearer = operation.security == ["bearer"];
        let mut wanted = vec![429, 500, 503];
        wanted.extend(if bearer { vec![401, 403] } else { Vec::new() });
        let has_body = contract.at(&format!("{}/requestBody", operation.pointer)).is_some();
        wanted.extend(if has_body { vec![400, 413] } else { Vec::new() });
        wanted.extend(if bearer && operation.path.contains('{') { vec![404] } else { Vec::new() });
        let missing: Vec<_> = wanted.into_iter().filter(|status| !described(*status)).collect();
        assert!(missing.is_empty(), "{} does not describe {missing:?}", operation.id);
    }
}

//! The sample events: one per function, and each could have come from the gateway.

use std::{collections::BTreeSet, fs};

use base64::{Engine, prelude::BASE64_STANDARD};
use blackbox::{Contract, Operation};
use lambda::{Access, RouteSpec};
use serde_json::{Map, Value};

use crate::{assert_none, code, contract, workspace};

/// The names of the files, which are the keys of functions.
pub fn names() -> BTreeSet<String> {
    let folder = fs::read_dir(workspace("events")).expect("events/ can be read");
    let files = folder.map(|entry| entry.expect("an entry can be read").file_name());
    files.map(|file| file.to_string_lossy().trim_end_matches(".json").to_owned()).collect()
}

#[test]
fn the_event_of_a_route_is_a_request_of_that_route() {
    let contract = contract();
    let mut faults = Vec::new();
    for spec in code::routes() {
        let operation = contract.operations().iter().find(|operation| operation.id == spec.function);
        let operation =
            operation.unwrap_or_else(|| panic!("the description does not know {}", spec.function));
        let found = check(&contract, operation, spec, &read(spec.function));
        faults.extend(found.into_iter().map(|fault| format!("events/{}.json: {fault}", spec.function)));
    }
    assert_none(&faults);
}

/// Socket events of one connection name the route that leads to their function.
#[test]
fn the_event_of_a_socket_route_is_a_message_of_that_route() {
    let contract = contract();
    let routes = contract.document()["x-websocket"]["routes"].as_object().expect("x-websocket has routes");
    for (route, function) in routes {
        let function = function.as_str().expect("a function's key");
        let event = read(function);
        assert_eq!(event["requestContext"]["routeKey"], *route, "events/{function}.json");
        assert!(event["requestContext"]["connectionId"].is_string(), "events/{function}.json");
        assert!(event["requestContext"]["authorizer"]["tenant_id"].is_string(), "events/{function}.json");
    }
}

fn read(function: &str) -> Value {
    let path = workspace(&format!("events/{function}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("events/{function}.json: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("events/{function}.json: {error}"))
}

fn check(contract: &Contract, operation: &Operation, spec: &RouteSpec, event: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let context = &event["requestContext"];
    let route_key = format!("{} {}", spec.method, spec.path);
    for (place, value) in
        [("routeKey", &event["routeKey"]), ("requestContext.routeKey", &context["routeKey"])]
    {
        if *value != route_key {
            faults.push(format!("{place} is {value}, not {route_key}"));
        }
    }
    let filled = fill(spec.path, &event["pathParameters"]);
    for (place, value) in
        [("rawPath", &event["rawPath"]), ("requestContext.http.path", &context["http"]["path"])]
    {
        if *value != filled {
            faults.push(format!("{place} is {value}, not {filled}"));
        }
    }
    if context["http"]["method"] != spec.method.as_str() {
        faults.push(format!("the method is {}", context["http"]["method"]));
    }
    let caller = context["authorizer"]["lambda"]["tenant_id"].is_string();
    if caller != matches!(spec.access, Access::Bearer(_)) {
        faults.push(format!("it {} an authorizer's context", if caller { "has" } else { "lacks" }));
    }
    faults.extend(body_fault(contract, operation, event));
    faults
}

fn fill(path: &str, parameters: &Value) -> String {
    let segment = |segment: &str| {
        let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        name.map_or(segment, |name| parameters[name].as_str().unwrap_or("nothing")).to_owned()
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn body_fault(contract: &Contract, operation: &Operation, event: &Value) -> Option<String> {
    let body = event["body"].as_str()?;
    let media_type = event["headers"]["content-type"].as_str().unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default();
    let bytes = match event["isBase64Encoded"].as_bool() {
        Some(true) => BASE64_STANDARD.decode(body).map_err(|error| error.to_string()),
        _ => Ok(body.as_bytes().to_vec()),
    };
    let parsed = bytes.and_then(|bytes| match media_type {
        "application/x-www-form-urlencoded" => Ok(form(&bytes)),
        _ => serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
    });
    match parsed {
        Ok(value) => {
            contract.check_request_body(operation, media_type, &value).err().map(|error| error.to_string())
        }
        Err(error) => Some(error),
    }
}

fn form(bytes: &[u8]) -> Value {
    let fields = url::form_urlencoded::parse(bytes);
    let fields = fields.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())));
    Value::Object(fields.collect::<Map<_, _>>())
}

//! The routes: the same in code, templates and description, and each may be invoked.

use std::collections::BTreeSet;

use crate::{
    RouteKey, assert_none, assert_same, code, contract,
    templates::{self, Route, references, text},
};

#[test]
fn code_templates_and_description_name_the_same_routes() {
    let templates = templates::all();
    let in_templates = templates::http_routes(&templates).map(|route| key_of(&route)).collect();
    let described = contract()
        .operations()
        .iter()
        .map(|operation| RouteKey {
            method: operation.method.to_string(),
            path: operation.path.clone(),
            function: operation.id.clone(),
        })
        .collect();
    assert_same(("the code", &code::route_keys()), ("the templates", &in_templates));
    assert_same(("the code", &code::route_keys()), ("infra/openapi.yaml", &described));
}

#[test]
fn templates_and_description_name_the_same_routes_of_the_socket() {
    let templates = templates::all();
    let in_templates = templates::socket_routes(&templates)
        .map(|route| format!("{} → {}", route.key, route.function.key))
        .collect();
    let contract = contract();
    let described = contract.document()["x-websocket"]["routes"].as_object().expect("x-websocket has routes");
    let described: BTreeSet<_> = described
        .iter()
        .map(|(key, function)| format!("{key} → {}", function.as_str().unwrap_or("no function")))
        .collect();
    assert_same(("the templates", &in_templates), ("x-websocket", &described));
}

/// Without a permission of exactly this route the gateway answers 500 on AWS, and nothing shows it before.
#[test]
fn the_gateway_may_invoke_the_function_of_every_route() {
    let templates = templates::all();
    let mut faults = Vec::new();
    for route in templates::http_routes(&templates).chain(templates::socket_routes(&templates)) {
        let wanted = format!("/*/{}", invoked_as(route.key));
        let granted = route.template.of_type("AWS::Lambda::Permission").any(|(_, permission)| {
            references(&permission["FunctionName"]).contains(route.function.logical_id)
                && permission["Principal"] == "apigateway.amazonaws.com"
                && text(&permission["SourceArn"]).is_some_and(|source| source.ends_with(&wanted))
        });
        if !granted {
            faults.push(format!(
                "{}: {} has no AWS::Lambda::Permission for …{wanted}",
                route.template.file, route.function.logical_id
            ));
        }
    }
    assert_none(&faults);
}

fn key_of(route: &Route<'_>) -> RouteKey {
    let place = format!("{}: {}", route.template.file, route.logical_id);
    let (method, path) =
        route.key.split_once(' ').unwrap_or_else(|| panic!("{place}: {} is no route key", route.key));
    RouteKey { method: method.to_owned(), path: path.to_owned(), function: route.function.key.to_owned() }
}

/// A route key as the end of a source ARN: `GET /v1/calls/{call_id}` is `GET/v1/calls/*`.
fn invoked_as(route_key: &str) -> String {
    let parameter = |segment: &str| segment.starts_with('{');
    let segments = route_key.split('/').map(|segment| if parameter(segment) { "*" } else { segment.trim() });
    segments.collect::<Vec<_>>().join("/")
}

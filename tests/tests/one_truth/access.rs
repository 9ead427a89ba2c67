//! Who may call a route: what the code expects, the gateway enforces and the description promises.

use lambda::Access;

use crate::{
    assert_none, code, contract,
    templates::{self, Route, references},
};

#[test]
fn the_gateway_asks_for_a_token_exactly_where_the_code_expects_one() {
    let templates = templates::all();
    let mut faults = Vec::new();
    for route in templates::http_routes(&templates) {
        let spec = code::routes().find(|spec| spec.function == route.function.key);
        let bearer = spec.is_some_and(|spec| matches!(spec.access, Access::Bearer(_)));
        faults.extend(authorization_fault(&route, bearer, "HttpAuthorizer"));
    }
    assert_none(&faults);
}

/// What `$connect` lets in stays in: the gateway asks nobody on the other routes.
#[test]
fn the_gateway_asks_for_a_ticket_when_a_socket_opens() {
    let templates = templates::all();
    let faults: Vec<_> = templates::socket_routes(&templates)
        .filter_map(|route| authorization_fault(&route, route.key == "$connect", "SocketAuthorizer"))
        .collect();
    assert_none(&faults);
}

#[test]
fn the_description_names_the_security_that_the_code_expects() {
    let contract = contract();
    let mut faults = Vec::new();
    for spec in code::routes() {
        let wanted: Vec<_> = code::scheme_of(spec.access).into_iter().collect();
        let described = contract.operations().iter().find(|operation| operation.id == spec.function);
        match described {
            Some(operation) if operation.security == wanted => {}
            Some(operation) => faults.push(format!(
                "{}: the description says {:?}, the code {wanted:?}",
                spec.function, operation.security
            )),
            None => faults.push(format!("{}: the description does not know it", spec.function)),
        }
    }
    assert_none(&faults);
}

/// `authorizer` begins the name of the parameter or resource that a guarded route has to refer to.
fn authorization_fault(route: &Route<'_>, guarded: bool, authorizer: &str) -> Option<String> {
    let kind = route.properties["AuthorizationType"].as_str().unwrap_or("NONE");
    let named = references(&route.properties["AuthorizerId"]);
    let rightly = if guarded {
        kind == "CUSTOM" && named.iter().any(|name| name.starts_with(authorizer))
    } else {
        kind == "NONE" && named.is_empty()
    };
    let wanted = if guarded { format!("CUSTOM by {authorizer}") } else { "NONE".to_owned() };
    let place = format!("{}: {} ({})", route.template.file, route.logical_id, route.key);
    (!rightly).then(|| format!("{place} has {kind} {named:?} instead of {wanted}"))
}

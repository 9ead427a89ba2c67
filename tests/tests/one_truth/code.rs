//! The route tables and worker lists of the domains.

use std::collections::BTreeSet;

use lambda::{Access, RouteSpec};

use crate::RouteKey;

/// A domain: the name of its artifact, its routes, its other functions.
struct Domain {
    artifact: &'static str,
    routes: &'static [RouteSpec],
    workers: &'static [&'static str],
}

const DOMAINS: [Domain; 6] = [
    Domain { artifact: "auth", routes: auth::ROUTES, workers: auth::WORKERS },
    Domain { artifact: "tenants", routes: tenants::ROUTES, workers: tenants::WORKERS },
    Domain { artifact: "contacts", routes: contacts::ROUTES, workers: contacts::WORKERS },
    Domain { artifact: "calls", routes: calls::ROUTES, workers: calls::WORKERS },
    Domain { artifact: "activities", routes: activities::ROUTES, workers: activities::WORKERS },
    Domain { artifact: "realtime", routes: realtime::ROUTES, workers: realtime::WORKERS },
];

pub fn routes() -> impl Iterator<Item = &'static RouteSpec> {
    DOMAINS.iter().flat_map(|domain| domain.routes)
}

pub fn route_keys() -> BTreeSet<RouteKey> {
    routes()
        .map(|route| RouteKey {
            method: route.method.to_string(),
            path: route.path.to_owned(),
            function: route.function.to_owned(),
        })
        .collect()
}

/// Every function's key.
pub fn functions() -> BTreeSet<String> {
    DOMAINS.iter().flat_map(functions_of).map(str::to_owned).collect()
}

/// The artifact that holds a function.
pub fn artifact_of(function: &str) -> Option<&'static str> {
    let holds = |domain: &&Domain| functions_of(domain).any(|known| known == function);
    DOMAINS.iter().find(holds).map(|domain| domain.artifact)
}

/// The security that the description has to name for a route.
pub fn scheme_of(access: Access) -> Option<&'static str> {
    match access {
        Access::Bearer(_) => Some("bearer"),
        Access::Webhook => Some("twilio_signature"),
        Access::Public => None,
    }
}

fn functions_of(domain: &Domain) -> impl Iterator<Item = &'static str> + use<> {
    domain.routes.iter().map(|route| route.function).chain(domain.workers.iter().copied())
}

#[test]
fn no_function_is_named_twice() {
    let named: usize = DOMAINS.iter().map(|domain| functions_of(domain).count()).sum();
    assert_eq!(named, functions().len());
}

/// A domain that is not on the list above would be compared with nothing.
#[test]
fn every_domain_with_a_binary_is_looked_at() {
    let folder = std::fs::read_dir(crate::workspace("functions")).expect("functions/ can be read");
    let found: BTreeSet<String> = folder
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.join("src/main.rs").exists())
        .filter_map(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()))
        .collect();
    let listed = DOMAINS.iter().map(|domain| domain.artifact.to_owned()).collect();
    crate::assert_same(("functions/", &found), ("this test", &listed));
}

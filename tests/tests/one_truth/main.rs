//! What the system consists of is written in four places: the route tables in code, the templates, the description of the
//! API and the sample events. These tests hold them to each other, so that none can name what another lacks.

mod access;
mod code;
mod events;
mod functions;
mod routes;
mod templates;

use std::{collections::BTreeSet, fmt::Display, path::PathBuf};

use blackbox::Contract;

/// One HTTP route: who serves which method of which path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct RouteKey {
    method: String,
    path: String,
    function: String,
}

impl Display for RouteKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {} → {}", self.method, self.path, self.function)
    }
}

/// A file or folder of the workspace.
fn workspace(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn contract() -> std::sync::Arc<Contract> {
    Contract::shared().expect("infra/openapi.yaml is usable")
}

/// Fails naming what stands in one place and not in the other.
#[track_caller]
fn assert_same<T: Ord + Display>(
    (first_place, first): (&str, &BTreeSet<T>),
    (second_place, second): (&str, &BTreeSet<T>),
) {
    let lacking = |has: &BTreeSet<T>, lacks: &BTreeSet<T>, has_place: &str, lacks_place: &str| {
        let missing: Vec<_> = has.difference(lacks).map(|item| format!("\n  {item}")).collect();
        let text = format!("in {has_place}, but not in {lacks_place}:{}\n", missing.concat());
        if missing.is_empty() { String::new() } else { text }
    };
    let faults = lacking(first, second, first_place, second_place)
        + &lacking(second, first, second_place, first_place);
    assert!(faults.is_empty(), "{faults}");
    assert!(!first.is_empty(), "{first_place} and {second_place} are both empty");
}

/// Fails with every fault that was found.
#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

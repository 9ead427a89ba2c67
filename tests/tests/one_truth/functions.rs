//! The functions: the same in code, templates and sample events, each with a name and a role of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    assert_none, assert_same, code, events,
    templates::{self, Function, text},
};

#[test]
fn code_templates_and_sample_events_name_the_same_functions() {
    let templates = templates::all();
    let in_templates = templates::functions(&templates).map(|function| function.key.to_owned()).collect();
    assert_same(("the code", &code::functions()), ("the templates", &in_templates));
    assert_same(("the code", &code::functions()), ("events/", &events::names()));
}

#[test]
fn a_function_is_called_after_its_key_and_built_from_its_domain() {
    let templates = templates::all();
    let mut faults = Vec::new();
    for function in templates::functions(&templates) {
        let Function { template, logical_id, properties, key } = &function;
        let place = format!("{}: {logical_id}", template.file);
        let name = format!("${{Prefix}}-{key}");
        if text(&properties["FunctionName"]) != Some(&name) {
            faults.push(format!("{place}: FunctionName is {}, not {name}", properties["FunctionName"]));
        }
        let folder = format!("../target/lambda/{}/", code::artifact_of(key).unwrap_or("?"));
        if properties["CodeUri"] != json!(folder) {
            faults.push(format!("{place}: CodeUri is {}, not {folder}", properties["CodeUri"]));
        }
    }
    assert_none(&faults);
}

#[test]
fn every_function_has_a_role_of_its_own() {
    let templates = templates::all();
    let mut faults = Vec::new();
    let mut holders: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for function in templates::functions(&templates) {
        let Function { template, logical_id, properties, key } = &function;
        let place = format!("{}: {logical_id}", template.file);
        let Some((role_id, role)) = template.referenced("AWS::IAM::Role", &properties["Role"]) else {
            faults.push(format!("{place} has no role in its template"));
            continue;
        };
        holders.entry(format!("{} {role_id}", template.file)).or_default().push(*key);
        let name = format!("${{Prefix}}-{key}");
        if text(&role["RoleName"]) != Some(&name) {
            faults.push(format!("{place}: its role is called {}, not {name}", role["RoleName"]));
        }
        let trusted: Vec<_> = trusted_by(role).collect();
        if trusted != [&json!({ "Service": "lambda.amazonaws.com" })] {
            faults.push(format!("{place}: its role trusts {trusted:?}, not Lambda alone"));
        }
    }
    let shared = holders.iter().filter(|(_, keys)| keys.len() > 1);
    faults.extend(shared.map(|(role, keys)| format!("{role} is the role of {}", keys.join(" and "))));
    assert_none(&faults);
    assert_eq!(holders.len(), code::functions().len());
}

/// A handler that answers does not fail, so one error tells of a crash, a time-out or a fault of ours.
#[test]
fn every_function_has_an_alarm_on_its_errors() {
    let templates = templates::all();
    let watched: BTreeSet<String> = templates
        .iter()
        .flat_map(|template| template.of_type("AWS::CloudWatch::Alarm"))
        .filter(|(_, alarm)| alarm["Namespace"] == "AWS/Lambda" && alarm["MetricName"] == "Errors")
        .flat_map(|(_, alarm)| alarm["Dimensions"].as_array().into_iter().flatten())
        .filter(|dimension| dimension["Name"] == "FunctionName")
        .filter_map(|dimension| text(&dimension["Value"])?.strip_prefix("${Prefix}-").map(str::to_owned))
        .collect();
    let keys = templates::functions(&templates).map(|function| function.key.to_owned()).collect();
    assert_same(("the templates", &keys), ("alarms on errors", &watched));
}

/// All that a data role's policy goes by is its session's tag: one tenant's, and no other tag beside it.
#[test]
fn data_roles_take_sessions_of_one_tenant_only() {
    let templates = templates::all();
    let (mut faults, mut seen) = (Vec::new(), 0);
    for template in &templates {
        for (logical_id, role) in template.of_type("AWS::IAM::Role") {
            let name = text(&role["RoleName"]).unwrap_or_default();
            if !name.starts_with("${Prefix}-data-") && name != "${Prefix}-provisioner" {
                continue;
            }
            seen += 1;
            let condition = &role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"];
            let like = &condition["StringLike"]["aws:RequestTag/tenant"];
            let wildcards = &condition["StringNotLike"]["aws:RequestTag/tenant"];
            let keys = &condition["ForAllValues:StringEquals"]["aws:TagKeys"];
            let held = *like == json!("tnt_?*")
                && *wildcards == json!(["*${*}*", "*${?}*"])
                && *keys == json!(["tenant"]);
            if !held {
                faults.push(format!("{}: {logical_id} is trusted under {condition}", template.file));
            }
        }
    }
    assert_none(&faults);
    assert!(seen > 20, "only {seen} data roles were found");
}

fn trusted_by(role: &Value) -> impl Iterator<Item = &Value> {
    let statements = role["AssumeRolePolicyDocument"]["Statement"].as_array();
    statements.into_iter().flatten().map(|statement| &statement["Principal"])
}

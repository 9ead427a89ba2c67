//! The templates, read as far as functions and routes go.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Map, Value, json};

use crate::workspace;

/// One template with its resources by logical id. A short form such as `!Ref X` reads as `{"Ref": "X"}`, `!Sub X` as
/// `{"Fn::Sub": "X"}`.
pub struct Template {
    pub file: String,
    resources: Map<String, Value>,
}

/// A Lambda function.
pub struct Function<'a> {
    pub template: &'a Template,
    pub logical_id: &'a str,
    pub properties: &'a Value,
    /// Its `Handler`.
    pub key: &'a str,
}

/// A route of either API.
pub struct Route<'a> {
    pub template: &'a Template,
    pub logical_id: &'a str,
    pub properties: &'a Value,
    /// `GET /v1/…`, or `$connect` and its like.
    pub key: &'a str,
    pub function: Function<'a>,
}

/// `template.yaml` and the templates in `infra/`.
pub fn all() -> Vec<Template> {
    let mut files = vec![workspace("template.yaml")];
    for entry in fs::read_dir(workspace("infra")).expect("infra/ can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    files.iter().filter_map(|path| Template::read(path)).collect()
}

/// Every HTTP route, without those of the socket.
pub fn http_routes(templates: &[Template]) -> impl Iterator<Item = Route<'_>> {
    templates.iter().flat_map(Template::routes).filter(|route| !route.key.starts_with('$'))
}

/// The routes of the socket.
pub fn socket_routes(templates: &[Template]) -> impl Iterator<Item = Route<'_>> {
    templates.iter().flat_map(Template::routes).filter(|route| route.key.starts_with('$'))
}

pub fn functions(templates: &[Template]) -> impl Iterator<Item = Function<'_>> {
    templates.iter().flat_map(Template::functions)
}

impl Template {
    /// `None` for YAML that is no template.
    fn read(path: &Path) -> Option<Self> {
        let file = path.file_name()?.to_string_lossy().into_owned();
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let yaml: serde_yaml_ng::Value =
            serde_yaml_ng::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let Value::Object(mut document) = to_json(yaml) else { return None };
        let Value::Object(resources) = document.remove("Resources")? else { return None };
        Some(Self { file, resources })
    }

    /// The resources of one type: logical ids and properties.
    pub fn of_type(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.resources
            .iter()
            .filter(move |(_, resource)| resource["Type"] == kind)
            .map(|(logical_id, resource)| (logical_id.as_str(), &resource["Properties"]))
    }

    fn functions(&self) -> impl Iterator<Item = Function<'_>> {
        let plain = self.of_type("AWS::Lambda::Function");
        self.of_type("AWS::Serverless::Function").chain(plain).map(|(logical_id, properties)| {
            let key = properties["Handler"].as_str();
            let key = key.unwrap_or_else(|| panic!("{}: {logical_id} has no Handler", self.file));
            Function { template: self, logical_id, properties, key }
        })
    }

    fn routes(&self) -> impl Iterator<Item = Route<'_>> {
        self.of_type("AWS::ApiGatewayV2::Route").map(|(logical_id, properties)| {
            let place = format!("{}: {logical_id}", self.file);
            let key = properties["RouteKey"].as_str().unwrap_or_else(|| panic!("{place} has no RouteKey"));
            let integration = self.referenced("AWS::ApiGatewayV2::Integration", &properties["Target"]);
            let (_, integration) = integration.unwrap_or_else(|| panic!("{place} has no integration"));
            let targets = references(&integration["IntegrationUri"]);
            let function = self.functions().find(|function| targets.contains(function.logical_id));
            let function = function.unwrap_or_else(|| panic!("{place} leads to no function"));
            Route { template: self, logical_id, properties, key, function }
        })
    }

    /// The resource of this type that `value` refers to.
    pub fn referenced(&self, kind: &str, value: &Value) -> Option<(&str, &Value)> {
        let names = references(value);
        self.of_type(kind).find(|(logical_id, _)| names.contains(*logical_id))
    }
}

/// The logical ids and parameters that a value names by `Ref`, `GetAtt` or `${…}` in a `Sub`.
pub fn references(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect_references(value, &mut found);
    found
}

/// The text of a literal or of a `Sub`; `None` for anything else.
pub fn text(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("Fn::Sub")?.as_str())
}

fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match (name.as_str(), field) {
                    ("Ref", Value::String(target)) => {
                        found.insert(target.clone());
                    }
                    ("Fn::GetAtt", Value::String(target)) => {
                        found.extend(target.split('.').next().map(str::to_owned));
                    }
                    ("Fn::GetAtt", Value::Array(parts)) => {
                        found.extend(parts.first().and_then(Value::as_str).map(str::to_owned));
                    }
                    ("Fn::Sub", Value::String(template)) => found.extend(substituted(template)),
                    _ => collect_references(field, found),
                }
            }
        }
        _ => {}
    }
}

/// `Function` and `Queue` of `x/${Function.Arn}/${Queue}`.
fn substituted(template: &str) -> impl Iterator<Item = String> + use<'_> {
    let variables = template.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    variables.filter_map(|variable| variable.split('.').next()).map(str::to_owned)
}

fn to_json(yaml: serde_yaml_ng::Value) -> Value {
    use serde_yaml_ng::Value as Yaml;
    match yaml {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let name = if name == "Ref" { name.to_owned() } else { format!("Fn::{name}") };
            json!({ name: to_json(tagged.value) })
        }
        Yaml::Sequence(items) => items.into_iter().map(to_json).collect(),
        Yaml::Mapping(fields) => {
            let named = |key: Yaml| key.as_str().map_or_else(|| format!("{key:?}"), str::to_owned);
            Value::Object(fields.into_iter().map(|(key, field)| (named(key), to_json(field))).collect())
        }
        plain => serde_json::to_value(plain).expect("a YAML scalar is a JSON scalar"),
    }
}

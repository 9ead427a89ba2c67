//! The description as a judge of answers and frames.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use http::{HeaderMap, Method};
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::error::Error;

#[cfg(test)]
mod tests;

const DESCRIPTION: &str = include_str!("../../infra/openapi.yaml");
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// The OpenAPI description, ready to judge. Schemas are compiled when first needed and kept.
pub struct Contract {
    document: Value,
    operations: Vec<Operation>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// One method of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The operationId, which is the key of the function that serves it.
    pub id: String,
    pub method: Method,
    /// As described, e.g. `/v1/contacts/{contact_id}`.
    pub path: String,
    /// The names of the security schemes any of which opens the operation; none for a public one.
    pub security: Vec<String>,
    /// Where the operation stands in the description.
    pointer: String,
}

/// What a client saw.
#[derive(Debug, Clone, Copy)]
pub struct SeenAnswer<'a> {
    pub status: u16,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

impl Contract {
    /// The description this package was built with. The same for the whole process.
    pub fn shared() -> Result<Arc<Self>, Error> {
        static SHARED: LazyLock<Result<Arc<Contract>, String>> =
            LazyLock::new(|| Contract::parse(DESCRIPTION).map(Arc::new).map_err(|error| error.chain()));
        SHARED.as_ref().map(Arc::clone).map_err(|error| unusable(error.clone()))
    }

    /// Reads a description in YAML.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let document: Value = serde_yaml_ng::from_str(text).map_err(|source| Error::Description {
            what: "infra/openapi.yaml".to_owned(),
            source: source.into(),
        })?;
        let operations = operations_of(&document)?;
        Ok(Self { document, operations, validators: Mutex::default() })
    }

    /// Every operation that the description knows.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The description itself.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Holds an answer against the operation that `path` (with or without a query) belongs to: status, content type,
    /// body and headers. Gives the parsed body, null where there is none.
    pub fn check_answer(&self, method: &Method, path: &str, seen: SeenAnswer<'_>) -> Result<Value, Error> {
        self.judge_answer(method, path, seen).map_err(|fault| Error::Contract {
            method: method.clone(),
            path: path.to_owned(),
            fault,
        })
    }

    /// Holds a frame from the server against `SocketServerMessage`.
    pub fn check_server_frame(&self, frame: &Value) -> Result<(), Error> {
        let pointer = "/components/schemas/SocketServerMessage";
        self.judge_value(pointer, frame)
            .map_err(|fault| Error::Frame { fault: format!("{fault} in {frame}") })
    }

    /// Holds a body that a client means to send against what the operation takes; a form comes as an object of texts.
    pub fn check_request_body(
        &self,
        operation: &Operation,
        media_type: &str,
        body: &Value,
    ) -> Result<(), Error> {
        let pointer = format!("{}/requestBody/content/{}/schema", operation.pointer, escape(media_type));
        let outcome = match self.at(&pointer) {
            Some(_) => self.judge_value(&pointer, body),
            None => Err(format!("{} takes no body of type {media_type}", operation.id)),
        };
        outcome.map_err(|fault| Error::Contract {
            method: operation.method.clone(),
            path: operation.path.clone(),
            fault,
        })
    }

    fn judge_answer(&self, method: &Method, path: &str, seen: SeenAnswer<'_>) -> Result<Value, String> {
        let operation = self.find(method, path).ok_or("the description knows no such operation")?;
        let pointer = self.response_pointer(operation, seen.status).ok_or_else(|| {
            format!("{} is no status of {}: {}", seen.status, operation.id, text_of(seen.body))
        })?;
        let response =
            self.at(&pointer).ok_or_else(|| format!("the description has nothing at {pointer}"))?;
        let body = self.judge_body(&pointer, response.get("content"), seen)?;
        self.judge_headers(&pointer, response.get("headers"), seen.headers)?;
        if is_problem(seen.headers) {
            judge_problem(&body, seen)?;
        }
        Ok(body)
    }

    fn find(&self, method: &Method, path: &str) -> Option<&Operation> {
        let path = path.split(['?', '#']).next().unwrap_or(path);
        self.operations
            .iter()
            .filter(|operation| operation.method == *method && fits(&operation.path, path))
            // A path without parameters wins over one with, as OpenAPI demands.
            .min_by_key(|operation| operation.path.matches('{').count())
    }

    fn response_pointer(&self, operation: &Operation, status: u16) -> Option<String> {
        let pointer = format!("{}/responses/{status}", operation.pointer);
        let response = self.at(&pointer)?;
        Some(reference(response).unwrap_or(pointer))
    }

    fn judge_body(
        &self,
        pointer: &str,
        content: Option<&Value>,
        seen: SeenAnswer<'_>,
    ) -> Result<Value, String> {
        let Some(content) = content.and_then(Value::as_object) else {
            let empty = seen.body.is_empty();
            return if empty { Ok(Value::Null) } else { Err(format!("a body came: {}", text_of(seen.body))) };
        };
        let media_type = media_type(seen.headers);
        if !content.contains_key(&media_type) {
            let known: Vec<_> = content.keys().map(String::as_str).collect();
            let came = if media_type.is_empty() { "no content type" } else { &media_type };
            return Err(format!("{came} instead of {}: {}", known.join(" or "), text_of(seen.body)));
        }
        let body: Value = serde_json::from_slice(seen.body)
            .map_err(|error| format!("the body is not JSON ({error}): {}", text_of(seen.body)))?;
        self.judge_value(&format!("{pointer}/content/{}/schema", escape(&media_type)), &body)
            .map_err(|fault| format!("{fault} in {body}"))?;
        Ok(body)
    }

    fn judge_headers(
        &self,
        pointer: &str,
        described: Option<&Value>,
        seen: &HeaderMap,
    ) -> Result<(), String> {
        for (name, header) in described.and_then(Value::as_object).into_iter().flatten() {
            let place = reference(header).unwrap_or_else(|| format!("{pointer}/headers/{}", escape(name)));
            let header = self.at(&place).ok_or_else(|| format!("the description has nothing at {place}"))?;
            match seen.get(name) {
                Some(value) => {
                    let text = value.to_str().map_err(|_| format!("the header {name} is not ASCII"))?;
                    self.judge_value(&format!("{place}/schema"), &header_value(header, text))
                        .map_err(|fault| format!("the header {name}: {fault}"))?;
                }
                None if header["required"] == json!(true) => {
                    return Err(format!("the header {name} is missing"));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Holds a value against the schema at `pointer`; the fault names each place that does not fit.
    fn judge_value(&self, pointer: &str, value: &Value) -> Result<(), String> {
        let validator = self.validator(pointer)?;
        let faults: Vec<_> = validator
            .iter_errors(value)
            .map(|error| format!("{}: {error}", named_place(error.instance_path().as_str())))
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
    }

    fn validator(&self, pointer: &str) -> Result<Arc<Validator>, String> {
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = validators.get(pointer) {
            return Ok(Arc::clone(validator));
        }
        // The description as a whole is the schema's document, so that its references lead where they should.
        let mut schema = self.document.as_object().cloned().unwrap_or_default();
        schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        schema.insert("$ref".to_owned(), json!(format!("#{}", fragment(pointer))));
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            // A format that nobody checks would let everything through.
            .should_ignore_unknown_formats(false)
            .with_format("password", |_: &str| true)
            .build(&Value::Object(schema))
            .map_err(|error| format!("the schema at {pointer} is not usable: {error}"))?;
        let validator = Arc::new(validator);
        validators.insert(pointer.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }

    fn at(&self, pointer: &str) -> Option<&Value> {
        self.document.pointer(pointer)
    }
}

fn operations_of(document: &Value) -> Result<Vec<Operation>, Error> {
    let paths = document["paths"].as_object().ok_or_else(|| unusable("it has no paths"))?;
    let mut operations = Vec::new();
    for (path, item) in paths {
        for name in METHODS {
            let Some(operation) = item.get(name) else { continue };
            let id = operation["operationId"]
                .as_str()
                .ok_or_else(|| unusable(format!("{name} {path} has no id")))?;
            let method = name.to_uppercase().parse().map_err(|_| unusable(format!("{name} is no method")))?;
            operations.push(Operation {
                id: id.to_owned(),
                method,
                path: path.clone(),
                security: scheme_names(operation.get("security").unwrap_or(&document["security"])),
                pointer: format!("/paths/{}/{name}", escape(path)),
            });
        }
    }
    Ok(operations)
}

fn scheme_names(security: &Value) -> Vec<String> {
    let requirements = security.as_array().into_iter().flatten().filter_map(Value::as_object);
    requirements.flat_map(Map::keys).cloned().collect()
}

fn unusable(reason: impl Into<String>) -> Error {
    Error::Description { what: "infra/openapi.yaml".to_owned(), source: reason.into().into() }
}

/// Whether a path belongs to a template; `{name}` stands for one segment that is not empty.
fn fits(template: &str, path: &str) -> bool {
    let (mut described, mut seen) = (template.split('/'), path.split('/'));
    loop {
        match (described.next(), seen.next()) {
            (None, None) => return true,
            (Some(parameter), Some(value)) if parameter.starts_with('{') && !value.is_empty() => {}
            (Some(expected), Some(actual)) if expected == actual => {}
            _ => return false,
        }
    }
}

/// RFC 9457: the status is repeated in the body; ours: so is the request's id.
fn judge_problem(body: &Value, seen: SeenAnswer<'_>) -> Result<(), String> {
    if body["status"] != json!(seen.status) {
        return Err(format!("the problem says {}, the answer {}", body["status"], seen.status));
    }
    let header = seen.headers.get("x-request-id").and_then(|value| value.to_str().ok());
    match header {
        Some(header) if body["request_id"] == json!(header) => Ok(()),
        Some(header) => {
            Err(format!("the problem is of request {}, the answer of {header}", body["request_id"]))
        }
        None => Err("a problem came without X-Request-Id".to_owned()),
    }
}

fn is_problem(headers: &HeaderMap) -> bool {
    media_type(headers) == "application/problem+json"
}

fn media_type(headers: &HeaderMap) -> String {
    let value =
        headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A header's text as its schema takes it.
fn header_value(header: &Value, text: &str) -> Value {
    let number = if header["schema"]["type"] == json!("integer") { text.parse::<i64>().ok() } else { None };
    number.map_or_else(|| json!(text), |number| json!(number))
}

fn reference(value: &Value) -> Option<String> {
    value.get("$ref")?.as_str()?.strip_prefix('#').map(ToOwned::to_owned)
}

/// A key as a part of a JSON pointer (RFC 6901).
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A pointer as a URI's fragment: only braces occur in our paths that a fragment does not take as they are.
fn fragment(pointer: &str) -> String {
    pointer.replace('{', "%7B").replace('}', "%7D")
}

fn named_place(pointer: &str) -> &str {
    if pointer.is_empty() { "the body" } else { pointer }
}

fn text_of(body: &[u8]) -> String {
    const SHOWN: usize = 400;
    let text = String::from_utf8_lossy(body);
    if text.chars().count() > SHOWN {
        text.chars().take(SHOWN).chain("…".chars()).collect()
    } else {
        text.into_owned()
    }
}

//! JSON bodies into types, faults by field.

use kernel::{Failure, FieldError};
use serde::de::{DeserializeOwned, IgnoredAny};

/// Reads `bytes` as `T`. The fault names the field by its path and what was expected, never the value that was sent.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        // serde calls some wrong types a fault of the syntax and stops at the first fault it meets; so that the two are told
        // apart, what failed is looked at as a whole.
        if !is_json(bytes) {
            return Failure::MalformedBody;
        }
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        Failure::Invalid(vec![describe(path, &error.inner().to_string())])
    })?;
    deserializer.end().map_err(|_| Failure::MalformedBody)?;
    Ok(value)
}

fn is_json(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}

/// serde puts the offending value into its text; only the parts known to be ours are kept.
fn describe(path: String, text: &str) -> FieldError {
    let quoted = text.split('`').nth(1).unwrap_or_default();
    if text.starts_with("unknown field") {
        let field = if path.is_empty() { quoted.to_owned() } else { path };
        return FieldError::new(field, "unknown_field", "There is no such field.");
    }
    if text.starts_with("missing field") {
        let field = if path.is_empty() { quoted.to_owned() } else { format!("{path}.{quoted}") };
        return FieldError::new(field, "missing_field", "This field is required.");
    }
    if text.starts_with("duplicate field") {
        return FieldError::new(
            if path.is_empty() { quoted.to_owned() } else { path },
            "duplicate_field",
            "This field stands twice.",
        );
    }
    let expected =
        text.rsplit_once(", expected ").map(|(_, rest)| rest.split(" at line ").next().unwrap_or(rest));
    match expected {
        Some(expected) if text.starts_with("unknown variant") => {
            FieldError::new(path, "unknown_value", format!("Expected {expected}."))
        }
        Some(expected) => FieldError::new(path, "wrong_type", format!("Expected {expected}.")),
        None => FieldError::new(path, "invalid_value", "This value is not allowed here."),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        #[serde(rename = "name")]
        _name: String,
        #[serde(default, rename = "emails")]
        _emails: Vec<Email>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Email {
        #[serde(rename = "address")]
        _address: String,
        #[serde(rename = "type")]
        _kind: Kind,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Work,
    }

    fn fault(body: &str) -> (String, &'static str, String) {
        match parse::<Input>(body.as_bytes()) {
            Err(Failure::Invalid(mut errors)) => {
                let error = errors.remove(0);
                (error.field, error.code, error.message)
            }
            other => panic!("expected a field's fault, got {other:?}"),
        }
    }

    #[test]
    fn faults_name_the_field_and_never_the_value() {
        assert_eq!(fault(r#"{"name": 1}"#).0, "name");
        let (field, code, message) = fault(r#"{"name": "x", "emails": [{"address": {"secret": 1}}]}"#);
        assert_eq!((field.as_str(), code), ("emails[0].address", "wrong_type"));
        assert!(!message.contains("secret"), "{message}");
        assert_eq!(fault(r#"{"name": "x", "extra": "secret"}"#).1, "unknown_field");
        assert_eq!(fault(r#"{"name": "x", "extra": "secret"}"#).0, "extra");
        assert_eq!(fault(r"{}").0, "name");
        assert_eq!(fault(r#"{"name": "x", "emails": [{}]}"#).0, "emails[0].address");
        assert_eq!(fault(r#"{"name": "x", "emails": [{"address": "a", "type": 7}]}"#).0, "emails[0].type");
        let (_, code, message) = fault(r#"{"name": "x", "emails": [{"address": "a", "type": "secret"}]}"#);
        assert_eq!(code, "unknown_value");
        assert!(!message.contains("secret"), "{message}");
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for body in ["", "{", "nonsense", "{\"name\": \"x\"} trailing", "{\"extra\": }", "\u{0}"] {
            assert!(matches!(parse::<Input>(body.as_bytes()), Err(Failure::MalformedBody)), "{body}");
        }
    }
}

//! Form-encoded parameters, in the order they came, names possibly repeated.

use serde_json::{Map, Value};
use url::form_urlencoded;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    pub fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first value of `name`; an empty value counts as absent, as it does at Twilio.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// Every value of `name`; values that hold several words count as several.
    pub fn words(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(key, _)| key == name).flat_map(|(_, value)| value.split_whitespace()).collect()
    }

    pub fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|(key, value)| key == name && !value.is_empty()).count()
    }

    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// Parameters as a JSON object for the journal: a string, or an array when a name is repeated.
pub fn as_json(pairs: &[(String, String)]) -> Value {
    let mut object = Map::new();
    for (name, value) in pairs {
        let value = Value::from(value.as_str());
        match object.get_mut(name) {
            None => {
                object.insert(name.clone(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_and_several_words_are_kept() {
        let form = Form::parse(b"Event=ringing&Event=answered+completed&To=%2B15550100&Empty=");
        assert_eq!(form.words("Event"), ["ringing", "answered", "completed"]);
        assert_eq!(form.text("To"), Some("+15550100"));
        assert_eq!(form.text("Empty"), None);
        assert_eq!(as_json(form.pairs())["Event"], serde_json::json!(["ringing", "answered completed"]));
    }
}

//! A tenant's own fields of contacts: what they are, and which values fit.

use std::collections::BTreeMap;

use kernel::{Faults, UtcTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::merge_patch::Member;

/// Values by the keys of their fields.
pub type CustomValues = BTreeMap<String, Value>;

const LONGEST_TEXT: usize = 500;
const LONGEST_URL: usize = 2000;
/// Of all values together, as JSON: they are read with every page that holds their contact.
const MOST_BYTES: usize = 8 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    Text,
    Number,
    Boolean,
    Date,
    Select,
    Url,
}

/// One field. Only `select` has options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    pub key: String,
    pub label: String,
    pub r#type: FieldType,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// The fields of a tenant, in the order in which they are shown. `version` 0: nobody has defined any yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomFields {
    pub fields: Vec<Definition>,
    pub version: i64,
    pub updated_at: Option<UtcTime>,
}

impl Definition {
    /// What is wrong with `value`; nothing where it fits.
    fn refuse(&self, value: &Value) -> Option<(&'static str, String)> {
        let expected = |what: &str| Some(("wrong_type", format!("Expected {what}.")));
        let fits = |text: &str, longest: usize| {
            text.chars().count() <= longest && !text.chars().any(char::is_control)
        };
        match (self.r#type, value) {
            (FieldType::Number, Value::Number(_)) | (FieldType::Boolean, Value::Bool(_)) => None,
            (FieldType::Text, Value::String(text)) => (!fits(text, LONGEST_TEXT))
                .then(|| ("invalid_text", format!("At most {LONGEST_TEXT} printable characters."))),
            (FieldType::Date, Value::String(text)) => {
                (!is_date(text)).then(|| ("invalid_date", "Expected a date such as 2026-01-31.".to_owned()))
            }
            (FieldType::Select, Value::String(text)) => (!self.options.contains(text))
                .then(|| ("unknown_option", "This is none of the field's options.".to_owned())),
            (FieldType::Url, Value::String(text)) => (!is_url(text) || !fits(text, LONGEST_URL))
                .then(|| ("invalid_url", "Expected an http or https address.".to_owned())),
            (FieldType::Text, _) => expected("a text"),
            (FieldType::Number, _) => expected("a number"),
            (FieldType::Boolean, _) => expected("true or false"),
            (FieldType::Date, _) => expected("a date such as 2026-01-31"),
            (FieldType::Select, _) => expected("one of the field's options"),
            (FieldType::Url, _) => expected("an http or https address"),
        }
    }
}

impl CustomFields {
    /// The next values of a contact that has `before`. Null takes a value away, also of a field that is no more.
    pub fn merge(
        &self,
        change: BTreeMap<String, Member<Value>>,
        mut before: CustomValues,
        faults: &mut Faults,
    ) -> CustomValues {
        for (key, member) in change {
            let name = format!("custom_fields.{key}");
            match (member, self.fields.iter().find(|field| field.key == key)) {
                (Member::Left | Member::Cleared | Member::Given(Value::Null), _) => {
                    before.remove(&key);
                }
                (Member::Given(_), None) => {
                    faults.add(name, "unknown_custom_field", "The tenant has no such field.");
                }
                (Member::Given(value), Some(field)) => {
                    if let Some((code, message)) = field.refuse(&value) {
                        faults.add(name, code, message);
                    }
                    before.insert(key, value);
                }
            }
        }
        if serde_json::to_vec(&before).map_or(0, |bytes| bytes.len()) > MOST_BYTES {
            faults.add("custom_fields", "too_long", format!("At most {MOST_BYTES} bytes in all."));
        }
        before
    }
}

/// `2026-01-31`, of a day that there is.
fn is_date(text: &str) -> bool {
    text.len() == 10
        && UtcTime::parse(&format!("{text}T00:00:00Z")).is_some_and(|time| time.to_string().starts_with(text))
}

fn is_url(text: &str) -> bool {
    let scheme = text.starts_with("https://") || text.starts_with("http://");
    scheme && url::Url::parse(text).is_ok_and(|url| url.has_host()) && !text.contains(char::is_whitespace)
}

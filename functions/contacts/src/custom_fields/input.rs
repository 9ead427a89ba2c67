//! The fields as they are written.

use kernel::{Failure, Faults};
use serde::Deserialize;

use crate::contact::{
    at_most,
    custom_fields::{Definition, FieldType},
    line, list_of_lines, repeated,
};

const MOST_FIELDS: usize = 100;
const MOST_OPTIONS: usize = 100;
const LONGEST_OPTION: usize = 100;
const LONGEST_KEY: usize = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomFieldsInput {
    fields: Vec<Definition>,
}

impl CustomFieldsInput {
    /// [`Failure::Invalid`] with everything that is wrong.
    pub fn parse(self) -> Result<Vec<Definition>, Failure> {
        let mut faults = Faults::default();
        at_most("fields", self.fields.len(), MOST_FIELDS, &mut faults);
        let fields = self.fields.into_iter().take(MOST_FIELDS).enumerate();
        let fields: Vec<_> = fields
            .map(|(position, field)| parse(field, &format!("fields[{position}]"), &mut faults))
            .collect();
        repeated("fields", fields.iter().map(|field| field.key.clone()), &mut faults);
        faults.into_result()?;
        Ok(fields)
    }
}

fn parse(definition: Definition, field: &str, faults: &mut Faults) -> Definition {
    let of_key = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let begins = definition.key.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    if !begins || definition.key.len() > LONGEST_KEY || !definition.key.bytes().all(of_key) {
        let message = format!("A small letter, then small letters, digits and _, {LONGEST_KEY} in all.");
        faults.add(format!("{field}.key"), "invalid_key", message);
    }
    let label = line(&format!("{field}.label"), &definition.label, faults);
    if label.is_none() {
        faults.add(format!("{field}.label"), "empty", "A field has a label.");
    }
    let name = format!("{field}.options");
    let limits = (MOST_OPTIONS, LONGEST_OPTION);
    let options = list_of_lines(&name, definition.options, limits, "invalid_option", faults);
    if (definition.r#type == FieldType::Select) == options.is_empty() {
        faults.add(name, "wrong_options", "A select has options, and nothing else has.");
    }
    Definition { label: label.unwrap_or_default(), options, ..definition }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_definition_is_named() {
        let body = r#"{"fields": [
            {"key": "Region", "label": "Region", "type": "text"},
            {"key": "tier", "label": " ", "type": "select"},
            {"key": "seats", "label": "Seats", "type": "number", "options": ["1"]},
            {"key": "ok", "label": "Fine", "type": "select", "options": ["a", "a", "b"]},
            {"key": "ok", "label": "Again", "type": "date"}
        ]}"#;
        let input: CustomFieldsInput = serde_json::from_str(body).unwrap();
        let Err(Failure::Invalid(errors)) = input.parse() else { panic!("they were taken") };
        let fields: Vec<_> = errors.iter().map(|error| (error.field.as_str(), error.code)).collect();
        let expected = [
            ("fields[0].key", "invalid_key"),
            ("fields[1].label", "empty"),
            ("fields[1].options", "wrong_options"),
            ("fields[2].options", "wrong_options"),
            ("fields", "repeated"),
        ];
        assert_eq!(fields, expected);
    }
}

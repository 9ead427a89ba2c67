//! The fields as the API shows them.

use kernel::UtcTime;
use serde::Serialize;

use crate::contact::{CustomFields, custom_fields::FieldType};

#[derive(Serialize)]
pub struct CustomFieldsView {
    fields: Vec<FieldView>,
    version: i64,
    updated_at: Option<UtcTime>,
}

#[derive(Serialize)]
struct FieldView {
    key: String,
    label: String,
    r#type: FieldType,
    options: Vec<String>,
}

impl From<CustomFields> for CustomFieldsView {
    fn from(fields: CustomFields) -> Self {
        let views = fields.fields.into_iter().map(|field| FieldView {
            key: field.key,
            label: field.label,
            r#type: field.r#type,
            options: field.options,
        });
        Self { fields: views.collect(), version: fields.version, updated_at: fields.updated_at }
    }
}

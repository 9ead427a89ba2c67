//! Which column of a file goes where.

use std::collections::{BTreeMap, HashSet};

use kernel::{Failure, Faults};
use serde::{Deserialize, Serialize};

use crate::contact::{CustomFields, EmailType, PhoneType};

const MOST_COLUMNS: usize = 500;

/// A field of contacts that a column may fill.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    FirstName,
    LastName,
    Title,
    CompanyName,
    Country,
    TimeZone,
    Visibility,
    /// The owner, by their own e-mail address.
    OwnerEmail,
    /// Several, with commas or semicolons between.
    Tags,
    Email(EmailType),
    Phone(PhoneType),
    CustomField(String),
}

impl Target {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "first_name" => Self::FirstName,
            "last_name" => Self::LastName,
            "title" => Self::Title,
            "company_name" => Self::CompanyName,
            "country" => Self::Country,
            "timezone" => Self::TimeZone,
            "visibility" => Self::Visibility,
            "owner_email" => Self::OwnerEmail,
            "tags" => Self::Tags,
            "email" => Self::Email(EmailType::Work),
            "phone" => Self::Phone(PhoneType::Work),
            _ => match text.split_once('.')? {
                ("email", "work") => Self::Email(EmailType::Work),
                ("email", "personal") => Self::Email(EmailType::Personal),
                ("email", "other") => Self::Email(EmailType::Other),
                ("phone", kind) => Self::Phone(PhoneType::parse(kind)?),
                ("custom_fields", key) => Self::CustomField(key.to_owned()),
                _ => return None,
            },
        })
    }

    /// Whether several columns may fill it.
    fn takes_several(&self) -> bool {
        matches!(self, Self::Tags | Self::Email(_) | Self::Phone(_))
    }

    /// Whether it is enough to know a contact by.
    fn names_somebody(&self) -> bool {
        matches!(self, Self::FirstName | Self::LastName | Self::Email(_) | Self::Phone(_))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// From 0 in a row.
    pub index: usize,
    pub header: String,
    pub target: Target,
}

/// The columns that are used, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub columns: Vec<Column>,
    /// So many cells a row has.
    pub width: usize,
}

/// The names of the columns; [`Failure::Invalid`] about the file where they do not tell columns apart.
pub fn headers_of(cells: Vec<String>) -> Result<Vec<String>, Failure> {
    let headers: Vec<String> = cells.into_iter().map(|cell| cell.trim().to_owned()).collect();
    let refused = |code, message: &str| Err(Failure::field("file", code, message));
    if headers.len() > MOST_COLUMNS {
        return refused("too_many_columns", &format!("At most {MOST_COLUMNS} columns."));
    }
    if headers.iter().all(String::is_empty) {
        return refused("no_header", "The first row names the columns, and here it is empty.");
    }
    let mut seen = HashSet::new();
    if !headers.iter().filter(|header| !header.is_empty()).all(|header| seen.insert(header)) {
        return refused("duplicate_headers", "Two columns have the same name.");
    }
    Ok(headers)
}

impl Plan {
    /// What `mapping` says, target by the name of the column; a column that it leaves out, or maps to null, is passed over.
    /// [`Failure::Invalid`] with everything that is wrong.
    pub fn parse(
        mapping: &BTreeMap<String, Option<String>>,
        headers: &[String],
        custom_fields: &CustomFields,
    ) -> Result<Self, Failure> {
        let (mut faults, mut columns) = (Faults::default(), Vec::new());
        for (name, target) in mapping {
            let field = || format!("mapping.{name}");
            let known = headers.iter().position(|header| header == name.trim() && !header.is_empty());
            let Some(index) = known else {
                faults.add(field(), "unknown_column", "The file has no column of this name.");
                continue;
            };
            let Some(target) = target else { continue };
            let is_defined = |target: &Target| match target {
                Target::CustomField(key) => custom_fields.fields.iter().any(|known| known.key == *key),
                _ => true,
            };
            match Target::parse(target) {
                Some(target) if is_defined(&target) => {
                    columns.push(Column { index, header: headers[index].clone(), target });
                }
                Some(_) => faults.add(field(), "unknown_custom_field", "The tenant has no such field."),
                None => faults.add(field(), "unknown_target", "Contacts have no such field to fill."),
            }
        }
        columns.sort_by_key(|column| column.index);
        let mut seen = HashSet::new();
        for column in columns.iter().filter(|column| !column.target.takes_several()) {
            if !seen.insert(&column.target) {
                let message = "Another column goes there already.";
                faults.add(format!("mapping.{}", column.header), "repeated_target", message);
            }
        }
        faults.into_result()?;
        if !columns.iter().any(|column| column.target.names_somebody()) {
            let message = "A name, an e-mail address or a phone number has to come from some column.";
            return Err(Failure::field("mapping", "empty_contact", message));
        }
        Ok(Self { columns, width: headers.len() })
    }

    /// Whether it follows from this mapping, of the same columns.
    pub fn says(&self, mapping: &BTreeMap<String, Option<String>>) -> bool {
        let used: Vec<_> =
            mapping.iter().filter_map(|(name, target)| Some((name.trim(), target.as_ref()?))).collect();
        let stands = |(name, target): &(&str, &String)| {
            let target = Target::parse(target);
            self.columns
                .iter()
                .any(|column| column.header == *name && Some(&column.target) == target.as_ref())
        };
        used.len() == self.columns.len() && used.iter().all(stands)
    }

    pub fn has(&self, target: &Target) -> bool {
        self.columns.iter().any(|column| column.target == *target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(headers: &[&str], mapping: &str) -> Result<Plan, Vec<(String, &'static str)>> {
        let fields = r#"[{"key": "seats", "label": "Seats", "type": "number"}]"#;
        let fields = serde_json::from_str(fields).unwrap();
        let custom_fields = CustomFields { fields, version: 1, updated_at: None };
        let headers = headers_of(headers.iter().map(|header| (*header).to_owned()).collect());
        let mapping = serde_json::from_str(mapping).unwrap();
        headers.and_then(|headers| Plan::parse(&mapping, &headers, &custom_fields)).map_err(|failure| {
            let Failure::Invalid(errors) = failure else { panic!("{failure}") };
            errors.into_iter().map(|error| (error.field, error.code)).collect()
        })
    }

    #[test]
    fn columns_go_where_the_mapping_says() {
        let mapping = r#"{"Mail": "email", "Mail 2": "email.personal", "Cell": "phone.mobile", "Seats": "custom_fields.seats",
            "Notes": null}"#;
        let plan = planned(&["Notes", " Cell ", "Mail", "Mail 2", "Seats", ""], mapping).unwrap();
        let columns: Vec<_> = plan.columns.into_iter().map(|column| (column.index, column.target)).collect();
        let expected = [
            (1, Target::Phone(PhoneType::Mobile)),
            (2, Target::Email(EmailType::Work)),
            (3, Target::Email(EmailType::Personal)),
            (4, Target::CustomField("seats".to_owned())),
        ];
        assert_eq!((columns.as_slice(), plan.width), (expected.as_slice(), 6));
    }

    #[test]
    fn everything_wrong_about_a_mapping_is_named() {
        let mapping = r#"{"Nope": "email", "B": "surname", "C": "custom_fields.unheard", "D": "title", "E": "title", "": "title"}"#;
        let expected = [
            ("mapping.", "unknown_column"),
            ("mapping.B", "unknown_target"),
            ("mapping.C", "unknown_custom_field"),
            ("mapping.Nope", "unknown_column"),
            ("mapping.E", "repeated_target"),
        ]
        .map(|(field, code)| (field.to_owned(), code));
        assert_eq!(planned(&["A", "B", "C", "D", "E", ""], mapping).unwrap_err(), expected);
        let nobody = planned(&["A", "B"], r#"{"A": "tags"}"#).unwrap_err();
        assert_eq!(nobody, [("mapping".to_owned(), "empty_contact")]);
    }

    #[test]
    fn headers_tell_columns_apart() {
        let code = |headers: &[&str]| planned(headers, r#"{"A": "email"}"#).unwrap_err()[0].1;
        assert_eq!(code(&["A", "B", "A "]), "duplicate_headers");
        assert_eq!(code(&["", " "]), "no_header");
        assert_eq!(code(&vec!["A"; 501]), "too_many_columns");
    }
}

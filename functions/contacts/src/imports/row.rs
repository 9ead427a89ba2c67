//! What a row says about a contact. It goes through the rules that every new contact goes through.

use kernel::{Caller, ContactId, EmailAddress, FieldError, PhoneNumber, UserId, UtcTime, access::Visibility};
use serde_json::{Map, Value, json};

use super::{
    owners::Owners,
    plan::{Column, Plan, Target},
    reader::Row,
    report::RowFault,
};
use crate::contact::{Contact, ContactChange, EmailType, PhoneType, Surroundings, custom_fields::FieldType};

/// What has to be known beside a row to read it.
pub struct RowContext<'a> {
    pub plan: &'a Plan,
    pub surroundings: &'a Surroundings,
    pub owners: &'a Owners,
    pub caller: &'a Caller,
}

/// The contact that a row describes, of nobody known before.
pub struct Incoming {
    /// Not of any version yet.
    pub contact: Contact,
    pub owner: Option<UserId>,
    pub visibility: Option<Visibility>,
}

/// What a row turned out to be.
pub enum Read {
    Contact(Box<Incoming>),
    /// Nothing stands in the columns that are used.
    Nothing,
    Faulty(Vec<RowFault>),
}

/// A contact's fields as they are collected, and which column each came from.
#[derive(Default)]
struct Draft {
    members: Map<String, Value>,
    emails: Vec<Value>,
    phones: Vec<Value>,
    tags: Vec<Value>,
    custom_fields: Map<String, Value>,
    origins: Vec<(String, usize)>,
    owner: Option<UserId>,
    visibility: Option<Visibility>,
    faults: Vec<(usize, FieldError)>,
}

impl RowContext<'_> {
    pub fn read(&self, row: &Row, id: ContactId, created_at: UtcTime) -> Read {
        if row.cells.len() != self.plan.width {
            let message = format!("{} cells, where the header has {}.", row.cells.len(), self.plan.width);
            let fault = RowFault::of_row(row.number, "wrong_number_of_cells", message);
            // Nothing at all stands in it: spreadsheets leave such rows behind.
            let blank = row.cells.iter().all(|cell| cell.trim().is_empty());
            return if blank { Read::Nothing } else { Read::Faulty(vec![fault]) };
        }
        let mut draft = Draft::default();
        let filled = self.plan.columns.iter().enumerate().filter_map(|(position, column)| {
            let cell = row.cells[column.index].trim();
            (!cell.is_empty()).then_some((position, column, cell))
        });
        // Numbers come last: they are read as the country has it, whose column may stand behind theirs.
        let (numbers, others): (Vec<_>, Vec<_>) =
            filled.partition(|(_, column, _)| matches!(column.target, Target::Phone(_)));
        for (position, column, cell) in others.into_iter().chain(numbers) {
            self.add(&mut draft, position, column, cell);
        }
        if draft.origins.is_empty() {
            return Read::Nothing;
        }
        self.judge(draft, row, id, created_at)
    }

    fn add(&self, draft: &mut Draft, position: usize, column: &Column, cell: &str) {
        let mut member = |name: &str, value: &str| {
            draft.members.insert(name.to_owned(), json!(value));
            draft.origins.push((name.to_owned(), position));
        };
        match &column.target {
            Target::FirstName => member("first_name", cell),
            Target::LastName => member("last_name", cell),
            Target::Title => member("title", cell),
            Target::CompanyName => member("company_name", cell),
            Target::Country => member("country", &cell.to_ascii_uppercase()),
            Target::TimeZone => member("timezone", cell),
            Target::Visibility => draft.set_visibility(position, cell),
            Target::OwnerEmail => draft.set_owner(position, self.owners.find(cell)),
            Target::Tags => draft.add_tags(position, cell),
            Target::Email(kind) => draft.add_email(position, *kind, cell),
            Target::Phone(kind) => {
                draft.add_phone(position, *kind, cell, &self.surroundings.defaults.country);
            }
            Target::CustomField(key) => {
                let fields = &self.surroundings.custom_fields.fields;
                let kind = fields.iter().find(|field| field.key == *key).map(|field| field.r#type);
                draft.custom_fields.insert(key.clone(), value_of(kind, cell));
                draft.origins.push((format!("custom_fields.{key}"), position));
            }
        }
    }

    fn judge(&self, draft: Draft, row: &Row, id: ContactId, created_at: UtcTime) -> Read {
        let blank = Contact::blank(id, self.caller, self.surroundings.defaults.visibility, created_at);
        let Draft { origins, owner, visibility, mut faults, .. } = draft;
        let body = body_of(
            draft.members,
            [("emails", draft.emails), ("phones", draft.phones), ("tags", draft.tags)],
            draft.custom_fields,
        );
        let applied = match serde_json::from_value::<ContactChange>(body) {
            Ok(change) => change.apply(&blank, self.surroundings, created_at),
            Err(error) => Err(kernel::Failure::internal(error)),
        };
        let whole_row = self.plan.columns.len();
        let mut contact = match applied {
            Ok(contact) => contact,
            Err(kernel::Failure::Invalid(errors)) => {
                faults.extend(
                    errors.into_iter().map(|error| (origin_of(&origins, &error.field, whole_row), error)),
                );
                blank
            }
            Err(_) => {
                faults.push((whole_row, FieldError::new("", "unreadable", "This row could not be read.")));
                blank
            }
        };
        if !faults.is_empty() {
            let fault = |(position, error)| self.fault(row, position, error);
            return Read::Faulty(faults.into_iter().map(fault).collect());
        }
        if let Some(owner) = &owner {
            contact.access.owner = owner.clone();
        }
        if let Some(visibility) = visibility {
            contact.access.visibility = visibility;
        }
        Read::Contact(Box::new(Incoming { contact, owner, visibility }))
    }

    fn fault(&self, row: &Row, position: usize, error: FieldError) -> RowFault {
        let fault = RowFault::of_row(row.number, error.code, error.message);
        match self.plan.columns.get(position) {
            Some(column) => fault.in_column(&column.header, &row.cells[column.index]),
            None => fault,
        }
    }

    /// What is wrong with a row for a reason that shows only where it is written.
    pub fn fault_of(&self, row: &Row, error: FieldError) -> RowFault {
        let wanted = |target: &Target| match (target, error.field.as_str()) {
            (Target::OwnerEmail, "owner_id") | (Target::CompanyName, "company_name") => true,
            (Target::Email(_), field) => field == "emails",
            (Target::Phone(_), field) => field == "phones",
            (Target::Tags, field) => field == "tags",
            _ => false,
        };
        let position = self.plan.columns.iter().position(|column| wanted(&column.target));
        self.fault(row, position.unwrap_or(usize::MAX), error)
    }
}

impl Draft {
    fn set_visibility(&mut self, position: usize, cell: &str) {
        self.origins.push(("visibility".to_owned(), position));
        self.visibility = Visibility::parse(&cell.to_ascii_lowercase());
        if self.visibility.is_none() {
            let message = "Expected owner, team or tenant.";
            self.faults.push((position, FieldError::new("visibility", "unknown_visibility", message)));
        }
    }

    fn set_owner(&mut self, position: usize, owner: Option<&UserId>) {
        self.origins.push(("owner_id".to_owned(), position));
        self.owner = owner.cloned();
        if self.owner.is_none() {
            let message = "Nobody of this address is a user here.";
            self.faults.push((position, FieldError::new("owner_id", "unknown_user", message)));
        }
    }

    fn add_tags(&mut self, position: usize, cell: &str) {
        for tag in cell.split([',', ';']).map(str::trim).filter(|tag| !tag.is_empty()) {
            self.origins.push((format!("tags[{}]", self.tags.len()), position));
            self.tags.push(json!(tag));
        }
    }

    /// The same address in two columns is one address.
    fn add_email(&mut self, position: usize, kind: EmailType, cell: &str) {
        let canonical = |text: &str| EmailAddress::parse(text).map(|address| address.canonical());
        let own = canonical(cell);
        let known = |email: &Value| own.is_some() && email["address"].as_str().and_then(canonical) == own;
        if !self.emails.iter().any(known) {
            self.origins.push((format!("emails[{}]", self.emails.len()), position));
            self.emails.push(json!({ "address": cell, "type": kind }));
        }
    }

    /// The same number with the same extension in two columns is one number, in whichever forms it stands there. The country has to
    /// be known by now.
    fn add_phone(&mut self, position: usize, kind: PhoneType, cell: &str, default_country: &str) {
        let country = self.members.get("country").and_then(Value::as_str).unwrap_or(default_country);
        let reached = |text: &str| {
            let number = PhoneNumber::parse(text, Some(country))?;
            Some((number.e164().to_owned(), number.extension().map(str::to_owned)))
        };
        let known = |own| self.phones.iter().any(|phone| phone["number"].as_str().and_then(reached) == own);
        // Reading a number takes its time, and most rows have one.
        let repeated = !self.phones.is_empty() && reached(cell).is_some_and(|own| known(Some(own)));
        if !repeated {
            self.origins.push((format!("phones[{}]", self.phones.len()), position));
            self.phones.push(json!({ "number": cell, "type": kind }));
        }
    }
}

fn body_of(
    mut members: Map<String, Value>,
    lists: [(&str, Vec<Value>); 3],
    custom_fields: Map<String, Value>,
) -> Value {
    for (name, list) in lists {
        if !list.is_empty() {
            members.insert(name.to_owned(), Value::Array(list));
        }
    }
    if !custom_fields.is_empty() {
        members.insert("custom_fields".to_owned(), Value::Object(custom_fields));
    }
    Value::Object(members)
}

/// The column that a field came from; `whole_row` where it came from none, or several.
fn origin_of(origins: &[(String, usize)], field: &str, whole_row: usize) -> usize {
    let names = |origin: &str| {
        field.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let of_list = |origin: &str| origin.split('[').next() == Some(field) && origin != field;
    let exact = origins.iter().find(|(origin, _)| names(origin));
    let found = exact.or_else(|| origins.iter().find(|(origin, _)| of_list(origin)));
    found.map_or(whole_row, |(_, position)| *position)
}

/// A value of the type that the field has, where the cell reads as one; else the text, which then is refused.
fn value_of(kind: Option<FieldType>, cell: &str) -> Value {
    let read = match kind {
        Some(FieldType::Number) => {
            let fraction = || cell.parse().ok().and_then(serde_json::Number::from_f64);
            cell.parse::<i64>().ok().map(Into::into).or_else(fraction).map(Value::Number)
        }
        Some(FieldType::Boolean) => match cell.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(Value::Bool(true)),
            "false" | "no" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => None,
    };
    read.unwrap_or_else(|| json!(cell))
}

#[cfg(test)]
mod tests;

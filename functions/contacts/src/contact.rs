//! What a contact is, and what makes one valid.

use kernel::{
    Caller, ContactId, EmailAddress, Failure, Faults, PhoneNumber, UtcTime,
    access::{ContactAccess, Visibility},
};
use serde::{Deserialize, Serialize};

const MAX_NAME: usize = 200;
const MAX_EMAILS: usize = 10;
const MAX_PHONES: usize = 10;
const MAX_TAGS: usize = 20;
const MAX_TAG: usize = 50;
const MAX_EXTENSION: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailType {
    Work,
    Personal,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneType {
    Mobile,
    Work,
    Home,
    Other,
}

impl PhoneType {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Work => "work",
            Self::Home => "home",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Mobile, Self::Work, Self::Home, Self::Other].into_iter().find(|known| known.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    pub address: EmailAddress,
    pub kind: EmailType,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    pub number: PhoneNumber,
    pub kind: PhoneType,
    pub extension: Option<String>,
}

/// What a person wrote about a contact, parsed: at least one of a name, an e-mail address and a phone is there.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactDetails {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub title: Option<String>,
    pub company_name: Option<String>,
    pub emails: Vec<Email>,
    pub phones: Vec<Phone>,
    pub tags: Vec<String>,
}

/// A contact as it stands.
#[derive(Clone)]
pub struct Contact {
    pub id: ContactId,
    pub details: ContactDetails,
    pub access: ContactAccess,
    /// Counts up from 1 with every change.
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl Contact {
    /// A new contact, owned by its creator.
    #[must_use]
    pub fn create(id: ContactId, details: ContactDetails, creator: &Caller, now: UtcTime) -> Self {
        Self {
            id,
            details,
            access: ContactAccess { owner: creator.user.clone(), visibility: Visibility::Tenant },
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// A contact as a sender writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactInput {
    first_name: Option<String>,
    last_name: Option<String>,
    title: Option<String>,
    company_name: Option<String>,
    #[serde(default)]
    emails: Vec<EmailInput>,
    #[serde(default)]
    phones: Vec<PhoneInput>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmailInput {
    address: String,
    r#type: EmailType,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhoneInput {
    number: String,
    r#type: PhoneType,
    extension: Option<String>,
}

impl ContactInput {
    /// [`Failure::Invalid`] with every field that is wrong.
    pub fn parse(self) -> Result<ContactDetails, Failure> {
        let mut faults = Faults::default();
        let details = ContactDetails {
            first_name: line("first_name", self.first_name, &mut faults),
            last_name: line("last_name", self.last_name, &mut faults),
            title: line("title", self.title, &mut faults),
            company_name: line("company_name", self.company_name, &mut faults),
            emails: emails(self.emails, &mut faults),
            phones: phones(self.phones, &mut faults),
            tags: tags(self.tags, &mut faults),
        };
        let named = details.first_name.is_some() || details.last_name.is_some();
        faults.into_result()?;
        if !named && details.emails.is_empty() && details.phones.is_empty() {
            return Err(Failure::field(
                "",
                "empty_contact",
                "A contact has a name, an e-mail address or a phone number.",
            ));
        }
        Ok(details)
    }
}

/// One line of text; nothing where only blanks were written.
fn line(field: &str, value: Option<String>, faults: &mut Faults) -> Option<String> {
    let value = value?.trim().to_owned();
    if value.chars().count() > MAX_NAME {
        faults.add(field, "too_long", format!("At most {MAX_NAME} characters."));
    } else if value.chars().any(char::is_control) {
        faults.add(field, "control_character", "Control characters are not allowed.");
    }
    (!value.is_empty()).then_some(value)
}

fn emails(inputs: Vec<EmailInput>, faults: &mut Faults) -> Vec<Email> {
    at_most("emails", inputs.len(), MAX_EMAILS, faults);
    let parse = |(position, input): (usize, EmailInput)| {
        let address = EmailAddress::parse(&input.address);
        if address.is_none() {
            faults.add(
                format!("emails[{position}].address"),
                "invalid_email",
                "This is not an e-mail address.",
            );
        }
        address.map(|address| Email { address, kind: input.r#type })
    };
    let emails: Vec<Email> = inputs.into_iter().take(MAX_EMAILS).enumerate().filter_map(parse).collect();
    repeated("emails", emails.iter().map(|email| email.address.canonical()), faults);
    emails
}

fn phones(inputs: Vec<PhoneInput>, faults: &mut Faults) -> Vec<Phone> {
    at_most("phones", inputs.len(), MAX_PHONES, faults);
    let parse = |(position, input): (usize, PhoneInput)| {
        let number = PhoneNumber::parse(&input.number, None);
        if number.is_none() {
            faults.add(
                format!("phones[{position}].number"),
                "invalid_phone",
                "This is not a phone number in international form, such as +14155550132.",
            );
        }
        let digits =
            |text: &String| text.len() <= MAX_EXTENSION && text.bytes().all(|byte| byte.is_ascii_digit());
        if input.extension.as_ref().is_some_and(|extension| extension.is_empty() || !digits(extension)) {
            faults.add(format!("phones[{position}].extension"), "invalid_extension", "Up to ten digits.");
        }
        let number = number?;
        let extension = input.extension.or_else(|| number.extension().map(str::to_owned));
        Some(Phone { number, kind: input.r#type, extension })
    };
    let phones: Vec<Phone> = inputs.into_iter().take(MAX_PHONES).enumerate().filter_map(parse).collect();
    let numbers = phones.iter().map(|phone| format!("{}x{:?}", phone.number.e164(), phone.extension));
    repeated("phones", numbers, faults);
    phones
}

fn tags(inputs: Vec<String>, faults: &mut Faults) -> Vec<String> {
    at_most("tags", inputs.len(), MAX_TAGS, faults);
    let mut tags: Vec<String> = Vec::new();
    for (position, input) in inputs.into_iter().take(MAX_TAGS).enumerate() {
        let tag = input.trim();
        let fits = !tag.is_empty() && tag.chars().count() <= MAX_TAG && !tag.chars().any(char::is_control);
        if !fits {
            faults.add(
                format!("tags[{position}]"),
                "invalid_tag",
                format!("1 to {MAX_TAG} printable characters."),
            );
        } else if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

fn at_most(field: &str, count: usize, limit: usize, faults: &mut Faults) {
    if count > limit {
        faults.add(field, "too_many", format!("At most {limit}."));
    }
}

fn repeated(field: &str, values: impl Iterator<Item = String>, faults: &mut Faults) {
    let mut seen = std::collections::HashSet::new();
    if !values.into_iter().all(|value| seen.insert(value)) {
        faults.add(field, "repeated", "The same entry stands twice.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(body: &str) -> Vec<(String, &'static str)> {
        let input: ContactInput = serde_json::from_str(body).unwrap();
        match input.parse() {
            Err(Failure::Invalid(errors)) => {
                errors.into_iter().map(|error| (error.field, error.code)).collect()
            }
            Err(other) => panic!("{other}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let body = r#"{
            "first_name": "A\u0007da",
            "emails": [{"address": "ada@example.com", "type": "work"}, {"address": "nonsense", "type": "work"}],
            "phones": [{"number": "4155550132", "type": "mobile"}, {"number": "+14155550132", "type": "work", "extension": "x"}],
            "tags": ["", "lead"]
        }"#;
        let expected = [
            ("first_name", "control_character"),
            ("emails[1].address", "invalid_email"),
            ("phones[0].number", "invalid_phone"),
            ("phones[1].extension", "invalid_extension"),
            ("tags[0]", "invalid_tag"),
        ];
        assert_eq!(faults(body), expected.map(|(field, code)| (field.to_owned(), code)));
    }

    #[test]
    fn a_contact_needs_something_to_know_it_by() {
        assert_eq!(
            faults(r#"{"first_name": "  ", "title": "Head of Sales"}"#),
            [(String::new(), "empty_contact")]
        );
        assert_eq!(faults(r#"{"last_name": "Lovelace"}"#), []);
        assert_eq!(faults(r#"{"phones": [{"number": "+1 (415) 555-0132", "type": "mobile"}]}"#), []);
    }

    #[test]
    fn the_same_address_twice_is_a_mistake() {
        let body = r#"{"emails": [{"address": "Ada@example.com", "type": "work"}, {"address": "ada@EXAMPLE.com", "type": "other"}]}"#;
        assert_eq!(faults(body), [("emails".to_owned(), "repeated")]);
    }

    #[test]
    fn lists_have_an_end() {
        let many: Vec<_> =
            (0..11).map(|n| format!(r#"{{"address": "a{n}@example.com", "type": "work"}}"#)).collect();
        assert_eq!(
            faults(&format!(r#"{{"emails": [{}]}}"#, many.join(","))),
            [("emails".to_owned(), "too_many")]
        );
    }
}

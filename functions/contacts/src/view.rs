//! A contact as the API shows it.

use kernel::{UtcTime, access::Visibility};
use serde::Serialize;

use crate::contact::{Contact, EmailType, PhoneType};

#[derive(Serialize)]
pub struct ContactView {
    id: String,
    first_name: Option<String>,
    last_name: Option<String>,
    title: Option<String>,
    company_name: Option<String>,
    emails: Vec<EmailView>,
    phones: Vec<PhoneView>,
    tags: Vec<String>,
    owner_id: String,
    visibility: Visibility,
    last_touched_at: Option<UtcTime>,
    version: i64,
    created_at: UtcTime,
    updated_at: UtcTime,
}

#[derive(Serialize)]
struct EmailView {
    address: String,
    r#type: EmailType,
}

#[derive(Serialize)]
struct PhoneView {
    e164: String,
    raw: String,
    r#type: PhoneType,
    extension: Option<String>,
}

impl ContactView {
    /// `last_touched_at`: when the contact was last spoken or written to.
    #[must_use]
    pub fn of(contact: Contact, last_touched_at: Option<UtcTime>) -> Self {
        let details = contact.details;
        let emails = details.emails.into_iter();
        let phones = details.phones.into_iter();
        Self {
            id: contact.id.to_string(),
            first_name: details.first_name,
            last_name: details.last_name,
            title: details.title,
            company_name: details.company_name,
            emails: emails
                .map(|email| EmailView { address: email.address.as_str().to_owned(), r#type: email.kind })
                .collect(),
            phones: phones
                .map(|phone| PhoneView {
                    e164: phone.number.e164().to_owned(),
                    raw: phone.number.raw().to_owned(),
                    r#type: phone.kind,
                    extension: phone.extension,
                })
                .collect(),
            tags: details.tags,
            owner_id: contact.access.owner.to_string(),
            visibility: contact.access.visibility,
            last_touched_at,
            version: contact.version,
            created_at: contact.created_at,
            updated_at: contact.updated_at,
        }
    }
}

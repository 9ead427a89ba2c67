//! A contact as the API shows it.

use kernel::{OptStates, TimeZoneName, UtcTime, access::Visibility};
use serde::Serialize;

use crate::contact::{
    Contact, CustomValues, Email, EmailStatus, EmailType, Phone, PhoneStatus, PhoneType, TimeZoneSource,
};

#[derive(Serialize)]
pub struct ContactView {
    id: String,
    first_name: Option<String>,
    last_name: Option<String>,
    title: Option<String>,
    company_id: Option<String>,
    company_name: Option<String>,
    emails: Vec<EmailView>,
    phones: Vec<PhoneView>,
    country: Option<String>,
    timezone: Option<TimeZoneName>,
    timezone_source: Option<TimeZoneSource>,
    opt_status: OptStates,
    tags: Vec<String>,
    custom_fields: CustomValues,
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
    status: EmailStatus,
    unsubscribed_at: Option<UtcTime>,
}

#[derive(Serialize)]
struct PhoneView {
    e164: String,
    raw: String,
    r#type: PhoneType,
    extension: Option<String>,
    status: PhoneStatus,
    sms_blocked: bool,
}

impl ContactView {
    /// `last_touched_at`: when the contact was last spoken or written to.
    #[must_use]
    pub fn of(contact: Contact, last_touched_at: Option<UtcTime>) -> Self {
        let zone = contact.details.time_zone();
        let details = contact.details;
        Self {
            id: contact.id.to_string(),
            first_name: details.first_name,
            last_name: details.last_name,
            title: details.title,
            company_id: details.company_id.map(String::from),
            company_name: details.company_name,
            emails: details.emails.into_iter().map(EmailView::from).collect(),
            phones: details.phones.into_iter().map(PhoneView::from).collect(),
            country: details.country,
            timezone_source: zone.as_ref().map(|(_, source)| *source),
            timezone: zone.map(|(zone, _)| zone),
            opt_status: details.opt_states,
            tags: details.tags,
            custom_fields: details.custom_fields,
            owner_id: contact.access.owner.to_string(),
            visibility: contact.access.visibility,
            last_touched_at,
            version: contact.version,
            created_at: contact.created_at,
            updated_at: contact.updated_at,
        }
    }
}

impl From<Email> for EmailView {
    fn from(email: Email) -> Self {
        Self {
            address: email.address.as_str().to_owned(),
            r#type: email.kind,
            status: email.status,
            unsubscribed_at: email.unsubscribed_at,
        }
    }
}

impl From<Phone> for PhoneView {
    fn from(phone: Phone) -> Self {
        Self {
            e164: phone.number.e164().to_owned(),
            raw: phone.number.raw().to_owned(),
            r#type: phone.kind,
            extension: phone.extension,
            status: phone.status,
            sms_blocked: phone.sms_blocked,
        }
    }
}

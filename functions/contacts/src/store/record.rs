//! What is sealed of a contact, in the form in which it is sealed. Left out is what says nothing, for every page pays for it.

use std::collections::BTreeMap;

use kernel::{CompanyId, EmailAddress, OptStates, PhoneRecord, TimeZoneName, UtcTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use table::{MalformedItem, Purpose};

use crate::contact::{ContactDetails, Email, EmailStatus, EmailType, Phone, PhoneStatus, PhoneType};

/// All of a contact's details but its numbers.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredProfile {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    emails: Vec<StoredEmail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<TimeZoneName>,
    #[serde(skip_serializing_if = "OptStates::is_blank")]
    opt_states: OptStates,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    custom_fields: BTreeMap<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct StoredEmail {
    address: String,
    kind: EmailType,
    #[serde(default, skip_serializing_if = "is_unknown")]
    status: EmailStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unsubscribed_at: Option<UtcTime>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_unknown(status: &EmailStatus) -> bool {
    *status == EmailStatus::Unknown
}

impl StoredProfile {
    pub fn of(details: &ContactDetails) -> Self {
        let emails = details.emails.iter().map(|email| StoredEmail {
            address: email.address.as_str().to_owned(),
            kind: email.kind,
            status: email.status,
            unsubscribed_at: email.unsubscribed_at,
        });
        Self {
            first_name: details.first_name.clone(),
            last_name: details.last_name.clone(),
            title: details.title.clone(),
            company_name: details.company_name.clone(),
            emails: emails.collect(),
            country: details.country.clone(),
            time_zone: details.given_time_zone.clone(),
            opt_states: details.opt_states,
            tags: details.tags.clone(),
            custom_fields: details.custom_fields.clone(),
        }
    }

    pub fn into_details(
        self,
        company_id: Option<CompanyId>,
        phones: Vec<PhoneRecord>,
    ) -> Result<ContactDetails, MalformedItem> {
        let emails = self.emails.into_iter().map(|email| Email {
            address: EmailAddress::from_record(email.address),
            kind: email.kind,
            status: email.status,
            unsubscribed_at: email.unsubscribed_at,
        });
        Ok(ContactDetails {
            first_name: self.first_name,
            last_name: self.last_name,
            title: self.title,
            company_id,
            company_name: self.company_name,
            emails: emails.collect(),
            phones: phones.into_iter().map(phone_of).collect::<Result<_, _>>()?,
            country: self.country,
            given_time_zone: self.time_zone,
            opt_states: self.opt_states,
            tags: self.tags,
            custom_fields: self.custom_fields,
        })
    }
}

pub fn phone_record(phone: &Phone) -> PhoneRecord {
    let status = Some(phone.status).filter(|status| *status != PhoneStatus::Unknown);
    PhoneRecord {
        e164: phone.number.e164().to_owned(),
        raw: phone.number.raw().to_owned(),
        kind: phone.kind.as_str().to_owned(),
        extension: phone.extension.clone(),
        status: status.map(|status| status.as_str().to_owned()),
        sms_blocked: phone.sms_blocked,
    }
}

fn phone_of(record: PhoneRecord) -> Result<Phone, MalformedItem> {
    let malformed = MalformedItem { attribute: Purpose::ContactPhones.as_str() };
    let status = record.status.as_deref().map_or(Some(PhoneStatus::Unknown), PhoneStatus::parse);
    Ok(Phone {
        number: record.number(),
        kind: PhoneType::parse(&record.kind).ok_or_else(|| malformed.clone())?,
        extension: record.extension,
        status: status.ok_or(malformed)?,
        sms_blocked: record.sms_blocked,
    })
}

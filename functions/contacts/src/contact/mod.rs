//! What a contact is, and what makes one valid.

use kernel::{
    Caller, CompanyId, ContactId, OptStates, TimeZoneName, UtcTime,
    access::{ContactAccess, Visibility},
};
use serde::Serialize;

mod change;
pub mod custom_fields;
mod emails;
mod enriched;
pub(crate) mod history;
mod opt_status;
mod phones;
mod text;

pub use change::{ContactChange, LONGEST_TAG, Surroundings};
pub use custom_fields::{CustomFields, CustomValues};
pub use emails::{Email, EmailStatus, EmailType};
pub use phones::{Phone, PhoneStatus, PhoneType};
pub(crate) use text::{at_most, line, list_of_lines, repeated};

/// What people know about a contact: at least one of a name, an e-mail address and a phone is there.
#[derive(Clone, Default, PartialEq)]
pub struct ContactDetails {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub title: Option<String>,
    pub company_id: Option<CompanyId>,
    /// The company's name as text: of one that has no record here, or as it was when the contact was last written. The
    /// record's own name goes before it.
    pub company_name: Option<String>,
    pub emails: Vec<Email>,
    pub phones: Vec<Phone>,
    /// Two letters of ISO 3166: how this contact's numbers are read, and perhaps its time zone.
    pub country: Option<String>,
    /// As somebody gave it.
    pub given_time_zone: Option<TimeZoneName>,
    pub opt_states: OptStates,
    pub tags: Vec<String>,
    pub custom_fields: CustomValues,
}

/// Where a contact's time zone is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeZoneSource {
    Given,
    Phone,
    Country,
}

impl ContactDetails {
    /// The contact's time: as given, or else by the first number that lies in one zone, or else by a country of one zone.
    #[must_use]
    pub fn time_zone(&self) -> Option<(TimeZoneName, TimeZoneSource)> {
        let given = self.given_time_zone.clone().map(|zone| (zone, TimeZoneSource::Given));
        let of_phone = || {
            let zones = self.phones.iter().filter_map(|phone| TimeZoneName::of_number(phone.number.e164()));
            zones.map(|zone| (zone, TimeZoneSource::Phone)).next()
        };
        let of_country = || {
            let zone = self.country.as_deref().and_then(TimeZoneName::of_country);
            zone.map(|zone| (zone, TimeZoneSource::Country))
        };
        given.or_else(of_phone).or_else(of_country)
    }
}

/// A contact as it stands.
#[derive(Clone, PartialEq)]
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
    /// One of whom nothing is known yet, owned by its creator. It becomes version 1 with its first change.
    #[must_use]
    pub fn blank(id: ContactId, creator: &Caller, visibility: Visibility, created_at: UtcTime) -> Self {
        Self {
            id,
            details: ContactDetails::default(),
            access: ContactAccess { owner: creator.user.clone(), visibility },
            version: 0,
            created_at,
            updated_at: created_at,
        }
    }

    /// The same contact, as another version of itself.
    #[must_use]
    pub fn next_version(mut self, now: UtcTime) -> Self {
        self.version += 1;
        self.updated_at = now;
        self
    }
}

#[cfg(test)]
mod tests;

//! What a sender writes about a contact: a merge patch. Creating is a change of nothing.

use std::collections::BTreeMap;

use kernel::{CompanyId, Failure, Faults, TimeZoneName, UserId, UtcTime, access::Visibility, is_country};
use serde::Deserialize;
use serde_json::Value;
use table::ContactDefaults;

use super::{
    Contact, ContactDetails,
    custom_fields::CustomFields,
    emails::{self, EmailInput},
    opt_status::OptChange,
    phones::{self, PhoneInput},
    text::{line, list_of_lines},
};
use crate::merge_patch::Member;

pub(super) const MOST_TAGS: usize = 20;
/// In characters.
pub const LONGEST_TAG: usize = 50;

/// What is left out stays as it is, null takes away, a list is written over as a whole.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactChange {
    first_name: Member<String>,
    last_name: Member<String>,
    title: Member<String>,
    company_id: Member<String>,
    company_name: Member<String>,
    owner_id: Member<String>,
    visibility: Member<Visibility>,
    emails: Member<Vec<EmailInput>>,
    phones: Member<Vec<PhoneInput>>,
    country: Member<String>,
    timezone: Member<String>,
    opt_status: Member<OptChange>,
    tags: Member<Vec<String>>,
    custom_fields: Member<BTreeMap<String, Member<Value>>>,
}

/// What has to be known beside the contact to read a change of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    pub defaults: ContactDefaults,
    pub custom_fields: CustomFields,
}

impl ContactChange {
    /// The contact after the change, still of the same version; [`Failure::Invalid`] with every field that is wrong.
    pub fn apply(
        self,
        before: &Contact,
        surroundings: &Surroundings,
        now: UtcTime,
    ) -> Result<Contact, Failure> {
        let mut faults = Faults::default();
        let mut next = before.clone();
        let details = &mut next.details;
        self.first_name.merge(&mut details.first_name, |text| line("first_name", &text, &mut faults));
        self.last_name.merge(&mut details.last_name, |text| line("last_name", &text, &mut faults));
        self.title.merge(&mut details.title, |text| line("title", &text, &mut faults));
        self.company_id.merge(&mut details.company_id, |text| company(&text, &mut faults));
        self.company_name.merge(&mut details.company_name, |text| line("company_name", &text, &mut faults));
        self.country.merge(&mut details.country, |text| country(text, &mut faults));
        self.timezone.merge(&mut details.given_time_zone, |text| time_zone(&text, &mut faults));
        self.emails
            .merge_or_empty(&mut details.emails, |inputs, known| emails::parse(inputs, known, &mut faults));
        let country = details.country.as_deref().unwrap_or(&surroundings.defaults.country);
        let numbers = |inputs, known: &Vec<_>| phones::parse(inputs, country, known, &mut faults);
        self.phones.merge_or_empty(&mut details.phones, numbers);
        let opt_change = match self.opt_status {
            Member::Left => OptChange::default(),
            Member::Cleared => OptChange::clearing(),
            Member::Given(change) => change,
        };
        details.opt_states = opt_change.apply(details.opt_states, now);
        self.tags.merge_or_empty(&mut details.tags, |inputs, _| {
            list_of_lines("tags", inputs, (MOST_TAGS, LONGEST_TAG), "invalid_tag", &mut faults)
        });
        self.custom_fields.merge_or_empty(&mut details.custom_fields, |change, known| {
            surroundings.custom_fields.merge(change, known.clone(), &mut faults)
        });
        next.access.owner = required("owner_id", self.owner_id, next.access.owner, user, &mut faults);
        let visibility = next.access.visibility;
        next.access.visibility =
            required("visibility", self.visibility, visibility, |given, _| Some(given), &mut faults);
        faults.into_result()?;
        require_something(&next.details)?;
        Ok(next)
    }
}

fn require_something(details: &ContactDetails) -> Result<(), Failure> {
    let named = details.first_name.is_some() || details.last_name.is_some();
    if named || !details.emails.is_empty() || !details.phones.is_empty() {
        return Ok(());
    }
    let message = "A contact has a name, an e-mail address or a phone number.";
    Err(Failure::field("", "empty_contact", message))
}

/// Of a member that cannot be taken away.
fn required<T, U>(
    field: &str,
    member: Member<T>,
    before: U,
    parse: impl FnOnce(T, &mut Faults) -> Option<U>,
    faults: &mut Faults,
) -> U {
    match member {
        Member::Left => before,
        Member::Cleared => {
            faults.add(field, "required", "This field cannot be taken away.");
            before
        }
        Member::Given(value) => parse(value, faults).unwrap_or(before),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as the other members are parsed")]
fn user(text: String, faults: &mut Faults) -> Option<UserId> {
    let user = UserId::parse(&text);
    if user.is_none() {
        faults.add("owner_id", "unknown_user", "There is no such user.");
    }
    user
}

fn company(text: &str, faults: &mut Faults) -> Option<CompanyId> {
    let company = CompanyId::parse(text);
    if company.is_none() {
        faults.add("company_id", "unknown_company", "There is no such company.");
    }
    company
}

fn country(text: String, faults: &mut Faults) -> Option<String> {
    let known = is_country(&text);
    if !known {
        faults.add("country", "unknown_country", "Expected two capitals of ISO 3166-1.");
    }
    known.then_some(text)
}

fn time_zone(text: &str, faults: &mut Faults) -> Option<TimeZoneName> {
    let zone = TimeZoneName::parse(text);
    if zone.is_none() {
        faults.add("timezone", "unknown_timezone", "Expected a name such as America/New_York.");
    }
    zone
}

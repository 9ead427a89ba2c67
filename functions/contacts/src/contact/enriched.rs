//! Adding what another source knows of a contact.

use kernel::{Failure, Faults};

use super::{Contact, ContactDetails, Surroundings, change::MOST_TAGS, emails, phones, text::at_most};
use crate::merge_patch::Member;

impl Contact {
    /// The contact with what `other` says beside it, still of the same version: texts go before those that stand here, addresses,
    /// numbers and tags come on top. Where the company has a record, its name is the record's, whatever `other` calls it.
    /// [`Failure::Invalid`] where there is too much of something then.
    pub fn enriched(&self, other: &ContactDetails, surroundings: &Surroundings) -> Result<Self, Failure> {
        let mut faults = Faults::default();
        let mut next = self.clone();
        let details = &mut next.details;
        for (own, given) in [
            (&mut details.first_name, &other.first_name),
            (&mut details.last_name, &other.last_name),
            (&mut details.title, &other.title),
            (&mut details.country, &other.country),
        ] {
            replace(own, given.as_ref());
        }
        replace(&mut details.given_time_zone, other.given_time_zone.as_ref());
        if details.company_id.is_none() {
            replace(&mut details.company_name, other.company_name.as_ref());
        }
        for email in &other.emails {
            let canonical = email.address.canonical();
            if !details.emails.iter().any(|known| known.address.canonical() == canonical) {
                details.emails.push(email.clone());
            }
        }
        for phone in &other.phones {
            let same = |known: &super::Phone| {
                known.number.e164() == phone.number.e164() && known.extension == phone.extension
            };
            if !details.phones.iter().any(same) {
                details.phones.push(phone.clone());
            }
        }
        for tag in &other.tags {
            if !details.tags.contains(tag) {
                details.tags.push(tag.clone());
            }
        }
        at_most("emails", details.emails.len(), emails::MOST, &mut faults);
        at_most("phones", details.phones.len(), phones::MOST, &mut faults);
        at_most("tags", details.tags.len(), MOST_TAGS, &mut faults);
        let values =
            other.custom_fields.iter().map(|(key, value)| (key.clone(), Member::Given(value.clone())));
        let known = std::mem::take(&mut details.custom_fields);
        details.custom_fields = surroundings.custom_fields.merge(values.collect(), known, &mut faults);
        faults.into_result()?;
        Ok(next)
    }
}

fn replace<T: Clone>(own: &mut Option<T>, given: Option<&T>) {
    if given.is_some() {
        *own = given.cloned();
    }
}

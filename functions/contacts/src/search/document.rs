//! A contact as the search has it.

use kernel::Failure;
use search::{Document, Query};
use serde::Serialize;

use crate::contact::Contact;

/// What is searched and listed of a contact.
pub(crate) fn document_of(contact: &Contact) -> Result<Document, Failure> {
    let details = &contact.details;
    Ok(Document {
        id: contact.id.clone(),
        version: u64::try_from(contact.version).map_err(Failure::internal)?,
        first_name: details.first_name.clone(),
        last_name: details.last_name.clone(),
        company: details.company_name.clone(),
        title: details.title.clone(),
        emails: details.emails.iter().map(|email| email.address.as_str().to_owned()).collect(),
        phones: details.phones.iter().map(|phone| phone.number.e164().to_owned()).collect(),
        tags: details.tags.clone(),
        owner: contact.access.owner.clone(),
        // Whose team sees it is asked of the owner, when somebody searches.
        team_ids: Vec::new(),
        visibility: contact.access.visibility,
        company_id: details.company_id.as_ref().map(|company| company.as_str().to_owned()),
        created_at: contact.created_at,
        updated_at: contact.updated_at,
    })
}

/// Where a contact matches: a field by its path in the contact's JSON, and stretches of its text.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(crate) struct Highlight {
    field: String,
    /// From and up to, in characters (Unicode scalar values).
    ranges: Vec<[usize; 2]>,
}

/// What of the contact's own text answers the query, in the order of the contact's fields.
pub(crate) fn highlights(query: &Query, contact: &Contact) -> Vec<Highlight> {
    let details = &contact.details;
    let mut texts: Vec<(String, &str)> = Vec::new();
    let lines = [
        ("first_name", &details.first_name),
        ("last_name", &details.last_name),
        ("title", &details.title),
        ("company_name", &details.company_name),
    ];
    texts.extend(lines.iter().filter_map(|(name, text)| Some(((*name).to_owned(), text.as_deref()?))));
    let emails = details.emails.iter().enumerate();
    texts.extend(emails.map(|(place, email)| (format!("emails[{place}].address"), email.address.as_str())));
    let tags = details.tags.iter().enumerate();
    texts.extend(tags.map(|(place, tag)| (format!("tags[{place}]"), tag.as_str())));
    let mut found: Vec<Highlight> =
        texts.into_iter().filter_map(|(field, text)| marked(field, query.highlight(text))).collect();
    for (place, phone) in details.phones.iter().enumerate() {
        let written = query.highlight_phone(phone.number.raw());
        found.extend(marked(format!("phones[{place}].raw"), written));
        found.extend(marked(format!("phones[{place}].e164"), query.highlight_phone(phone.number.e164())));
    }
    found
}

fn marked(field: String, ranges: Vec<std::ops::Range<usize>>) -> Option<Highlight> {
    let ranges: Vec<_> = ranges.into_iter().map(|range| [range.start, range.end]).collect();
    (!ranges.is_empty()).then_some(Highlight { field, ranges })
}

//! A document as shards hold it: folded, cut into terms, its original text gone.

use std::collections::BTreeMap;

use kernel::{ContactId, TeamId, UserId, access::Visibility};
use ulid::Ulid;

use crate::{
    document::{Document, Field},
    fold::fold_text,
    words::{digits, email_terms, joined_name_terms, text_terms},
};

/// Digits of one phone that count; E.164 has at most 15.
pub(crate) const MAX_PHONE: usize = 30;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: u128,
    pub(crate) version: u64,
    /// Terms and the bits of the fields that have them, in the order of the terms.
    pub(crate) terms: Vec<(String, u8)>,
    pub(crate) phones: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) owner: UserId,
    pub(crate) team_ids: Vec<TeamId>,
    pub(crate) visibility: Visibility,
    pub(crate) company_id: Option<String>,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

impl Entry {
    pub(crate) fn of(document: &Document) -> Self {
        let mut phones: Vec<_> = document.phones.iter().map(|phone| phone_digits(phone)).collect();
        phones.retain(|phone| !phone.is_empty());
        Self {
            id: number_of(&document.id),
            version: document.version,
            terms: terms_of(document),
            phones,
            tags: sorted(document.tags.iter().map(|tag| tag_key(tag)).collect()),
            owner: document.owner.clone(),
            team_ids: sorted(document.team_ids.clone()),
            visibility: document.visibility,
            company_id: document.company_id.clone(),
            created: document.created_at.as_millisecond(),
            updated: document.updated_at.as_millisecond(),
        }
    }
}

fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort();
    values.dedup();
    values
}

fn phone_digits(phone: &str) -> String {
    let mut number = digits(phone);
    number.truncate(MAX_PHONE);
    number
}

/// Tags that differ in case or accents alone are one tag.
pub(crate) fn tag_key(tag: &str) -> String {
    fold_text(tag.trim())
}

fn terms_of(document: &Document) -> Vec<(String, u8)> {
    let mut terms = BTreeMap::new();
    let mut add = |field: Field, words: Vec<String>| {
        for word in words {
            *terms.entry(word).or_insert(0) |= field.bit();
        }
    };
    let [first, last] = [&document.first_name, &document.last_name].map(|name| name.as_deref().unwrap_or(""));
    add(Field::FirstName, text_terms(first, true));
    add(Field::LastName, text_terms(last, true));
    add(Field::LastName, joined_name_terms(first, last));
    add(Field::Company, text_terms(document.company.as_deref().unwrap_or(""), false));
    add(Field::Title, text_terms(document.title.as_deref().unwrap_or(""), false));
    for email in &document.emails {
        add(Field::Email, email_terms(email));
    }
    for tag in &document.tags {
        add(Field::Tag, text_terms(tag, true));
    }
    terms.into_iter().collect()
}

/// The number behind an id's prefix.
pub(crate) fn number_of(id: &ContactId) -> u128 {
    Ulid::from_string(id.suffix()).map_or(0, |ulid| ulid.0)
}

/// The contact of a number; `None` for a number that no id has.
pub(crate) fn contact_of(number: u128) -> Option<ContactId> {
    ContactId::parse(&format!("con_{}", Ulid(number).to_string().to_ascii_lowercase()))
}

/// When an id was made, in milliseconds since 1970: what most contacts were created at.
pub(crate) fn made_at(number: u128) -> i64 {
    i64::try_from(Ulid(number).timestamp_ms()).unwrap_or(0)
}

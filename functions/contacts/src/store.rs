//! The rows of a contact: itself, an index row per address and number, and when it was last touched.

use std::{collections::HashMap, sync::Arc};

use kernel::{ContactId, EmailAddress, Failure, Limit, PhoneRecord, UtcTime};
use serde::{Deserialize, Serialize};
use table::{
    Direction, Item, ItemBuilder, ItemReader, Key, MalformedItem, Purpose, Range, read_contact_access,
};
use tenancy::{TenantScope, seal_record, unseal_record};
use vault::{BlindIndex, TenantVault};

use crate::contact::{Contact, ContactDetails, Email, EmailType, Phone, PhoneType};

/// The contacts of one tenant.
pub struct ContactStore<'a> {
    scope: &'a TenantScope,
    vault: Arc<TenantVault>,
}

/// Contacts with when each was last touched; `last` is the position to go on behind.
pub struct ContactPage {
    pub contacts: Vec<(Contact, Option<UtcTime>)>,
    pub last: Option<String>,
}

impl<'a> ContactStore<'a> {
    pub async fn open(scope: &'a TenantScope) -> Result<Self, Failure> {
        Ok(Self { scope, vault: scope.vault().await? })
    }

    /// Writes the contact and its index rows, all or none.
    pub async fn insert(&self, contact: &Contact) -> Result<(), Failure> {
        let mut transaction = self.scope.table.transaction().put_new(self.item(contact)?);
        for key in self.index_keys(contact)? {
            transaction = transaction.put_new(ItemBuilder::new(&key).build());
        }
        Ok(transaction.commit().await?)
    }

    pub async fn find(&self, id: &ContactId) -> Result<Option<Contact>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().contact(id)).await?;
        item.map(|item| self.read(&item)).transpose()
    }

    /// When the contact was last spoken or written to.
    pub async fn last_touched_at(&self, id: &ContactId) -> Result<Option<UtcTime>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().touch(id)).await?;
        item.map_or(Ok(None), |item| Ok(ItemReader::new(&item).optional_time("last_touched_at")?))
    }

    /// Newest first, from behind `after`.
    pub async fn page(&self, limit: Limit, after: Option<String>) -> Result<ContactPage, Failure> {
        let table = &self.scope.table;
        let range = Range {
            partition: table.keys().contacts(),
            direction: Direction::Descending,
            limit: limit.get(),
            after,
        };
        let page = table.query(&range).await?;
        let mut contacts = Vec::with_capacity(page.items.len());
        for item in &page.items {
            contacts.push((self.read(item)?, None));
        }
        self.add_touches(&mut contacts).await?;
        Ok(ContactPage { contacts, last: page.last })
    }

    /// Touches lie in the order of their contacts, so those of a page, which runs from the newest down, are one stretch.
    async fn add_touches(&self, contacts: &mut [(Contact, Option<UtcTime>)]) -> Result<(), Failure> {
        let table = &self.scope.table;
        let (Some((newest, _)), Some((oldest, _))) = (contacts.first(), contacts.last()) else {
            return Ok(());
        };
        let (first, last) = (oldest.id.as_str(), newest.id.as_str());
        let touches = table.query_between(&table.keys().touches(), first, last).await?;
        let read = |item: &Item| {
            let touch = ItemReader::new(item);
            Ok((touch.parsed("sk", ContactId::parse)?, touch.optional_time("last_touched_at")?))
        };
        let times: HashMap<_, _> = touches.iter().map(read).collect::<Result<_, MalformedItem>>()?;
        for (contact, last_touched_at) in contacts {
            *last_touched_at = times.get(&contact.id).copied().flatten();
        }
        Ok(())
    }

    fn index_keys(&self, contact: &Contact) -> Result<Vec<Key>, Failure> {
        let keys = self.scope.table.keys();
        let details = &contact.details;
        let mut rows = Vec::with_capacity(details.emails.len() + details.phones.len());
        for email in &details.emails {
            let index = self.vault.blind_index(BlindIndex::EmailAddress, &email.address.canonical())?;
            rows.push(keys.email_index(&index, &contact.id));
        }
        for phone in &details.phones {
            let key = keys.phone_index(
                &self.vault.blind_index(BlindIndex::PhoneNumber, phone.number.e164())?,
                &contact.id,
            );
            // Two extensions of one switchboard are one number, hence one row.
            if !rows.contains(&key) {
                rows.push(key);
            }
        }
        Ok(rows)
    }

    fn item(&self, contact: &Contact) -> Result<Item, Failure> {
        let key = self.scope.table.keys().contact(&contact.id);
        let profile = StoredProfile::of(&contact.details);
        let phones: Vec<_> = contact.details.phones.iter().map(phone_record).collect();
        Ok(ItemBuilder::new(&key)
            .text("owner_id", contact.access.owner.as_str())
            .text("visibility", contact.access.visibility.as_str())
            .number("version", contact.version)
            .time("created_at", contact.created_at)
            .time("updated_at", contact.updated_at)
            .sealed(
                Purpose::ContactProfile,
                seal_record(&self.vault, &key, Purpose::ContactProfile, &profile)?,
            )
            .sealed(Purpose::ContactPhones, seal_record(&self.vault, &key, Purpose::ContactPhones, &phones)?)
            .build())
    }

    fn read(&self, item: &Item) -> Result<Contact, Failure> {
        let reader = ItemReader::new(item);
        let profile: StoredProfile = unseal_record(&self.vault, reader, Purpose::ContactProfile)?;
        let phones: Vec<PhoneRecord> = unseal_record(&self.vault, reader, Purpose::ContactPhones)?;
        Ok(Contact {
            id: reader.parsed("sk", ContactId::parse)?,
            details: profile.into_details(phones)?,
            access: read_contact_access(item)?.ok_or(Failure::NotFound("contact"))?,
            version: reader.number("version")?,
            created_at: reader.time("created_at")?,
            updated_at: reader.time("updated_at")?,
        })
    }
}

/// What is sealed of a contact beside its numbers.
#[derive(Serialize, Deserialize)]
struct StoredProfile {
    first_name: Option<String>,
    last_name: Option<String>,
    title: Option<String>,
    company_name: Option<String>,
    emails: Vec<StoredEmail>,
    tags: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredEmail {
    address: String,
    kind: EmailType,
}

impl StoredProfile {
    fn of(details: &ContactDetails) -> Self {
        let emails = details.emails.iter();
        Self {
            first_name: details.first_name.clone(),
            last_name: details.last_name.clone(),
            title: details.title.clone(),
            company_name: details.company_name.clone(),
            emails: emails
                .map(|email| StoredEmail { address: email.address.as_str().to_owned(), kind: email.kind })
                .collect(),
            tags: details.tags.clone(),
        }
    }

    fn into_details(self, phones: Vec<PhoneRecord>) -> Result<ContactDetails, Failure> {
        let emails = self.emails.into_iter();
        Ok(ContactDetails {
            first_name: self.first_name,
            last_name: self.last_name,
            title: self.title,
            company_name: self.company_name,
            emails: emails
                .map(|email| Email { address: EmailAddress::from_record(email.address), kind: email.kind })
                .collect(),
            phones: phones.into_iter().map(phone_of).collect::<Result<_, MalformedItem>>()?,
            tags: self.tags,
        })
    }
}

fn phone_record(phone: &Phone) -> PhoneRecord {
    PhoneRecord {
        e164: phone.number.e164().to_owned(),
        raw: phone.number.raw().to_owned(),
        kind: phone.kind.as_str().to_owned(),
        extension: phone.extension.clone(),
    }
}

fn phone_of(record: PhoneRecord) -> Result<Phone, MalformedItem> {
    let kind =
        PhoneType::parse(&record.kind).ok_or(MalformedItem { attribute: Purpose::ContactPhones.as_str() })?;
    Ok(Phone { number: record.number(), kind, extension: record.extension })
}

#[cfg(test)]
mod tests;

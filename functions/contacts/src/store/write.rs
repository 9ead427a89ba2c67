//! Writing a contact with everything that hangs on it, all or none.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use kernel::{ContactId, Failure, Limit, UtcTime};
use table::{
    Direction, Item, ItemBuilder, ItemReader, Key, MalformedItem, Purpose, Range, TableError, Transaction,
    activity_item,
};
use tenancy::{email_index, phone_index, seal_record};

use super::{
    ContactStore,
    record::{StoredProfile, phone_record},
};
use crate::{
    contact::{Contact, history::By},
    search::log,
};

/// A transaction, and what each of its elements is about.
struct Write<'a> {
    transaction: Transaction<'a>,
    parts: Vec<Part>,
}

#[derive(Clone, Copy)]
enum Part {
    Contact,
    Owner,
    Company,
    /// A row that has no condition of its own, or one that holds by how ids are made.
    Rest,
}

impl<'a> Write<'a> {
    fn with(mut self, part: Part, add: impl FnOnce(Transaction<'a>) -> Transaction<'a>) -> Self {
        self.transaction = add(self.transaction);
        self.parts.push(part);
        self
    }

    /// [`Failure::Stale`] where the contact is not as it was read.
    async fn commit(self) -> Result<(), Failure> {
        let Err(error) = self.transaction.commit().await else { return Ok(()) };
        let TableError::ConditionFailed { element } = error else { return Err(error.into()) };
        Err(match self.parts.get(element) {
            Some(Part::Contact) => Failure::Stale,
            Some(Part::Owner) => Failure::field("owner_id", "unknown_user", "There is no such user."),
            Some(Part::Company) => {
                Failure::field("company_id", "unknown_company", "There is no such company.")
            }
            Some(Part::Rest) | None => error.into(),
        })
    }
}

impl ContactStore<'_> {
    fn write(&self) -> Write<'_> {
        Write { transaction: self.scope.table.transaction(), parts: Vec::new() }
    }

    /// Writes a contact of which there is nothing yet, and its index rows. [`Failure::Stale`] where there is one of that id;
    /// [`Failure::Invalid`] where its owner is another than `creator` and no user, or its company none of the tenant's.
    pub async fn insert(&self, contact: &Contact, creator: &kernel::UserId) -> Result<(), Failure> {
        let item = self.item(contact)?;
        let mut write = self.write().with(Part::Contact, |transaction| transaction.put_new(item));
        write = self.tell_search(write, contact)?;
        write = self.check_links(write, contact, contact.access.owner != *creator, true);
        for key in self.index_keys(contact)? {
            write = write.with(Part::Rest, |rows| rows.put_new(ItemBuilder::new(&key).build()));
        }
        write.commit().await
    }

    /// So many elements of a transaction a new contact takes in [`ContactStore::insert_all`].
    pub fn elements_of(&self, contact: &Contact) -> Result<usize, Failure> {
        Ok(2 + self.index_keys(contact)?.len())
    }

    /// As [`ContactStore::insert`], for many contacts at once, all or none; whether their owners and companies are there is the
    /// caller's to see to.
    pub async fn insert_all(&self, contacts: &[&Contact]) -> Result<(), Failure> {
        let mut write = self.write();
        for contact in contacts {
            let item = self.item(contact)?;
            write = write.with(Part::Contact, |transaction| transaction.put_new(item));
            write = self.tell_search(write, contact)?;
            for key in self.index_keys(contact)? {
                write = write.with(Part::Rest, |rows| rows.put_new(ItemBuilder::new(&key).build()));
            }
        }
        write.commit().await
    }

    /// Whoever can be reached as `contact` can, by whichever extension; the oldest 200 of each address and number.
    pub async fn holders_of(&self, contact: &Contact) -> Result<BTreeSet<ContactId>, Failure> {
        let table = &self.scope.table;
        let keys = self.index_keys(contact)?;
        let queries = keys.iter().map(async |key| {
            let range = Range {
                partition: key.partition().to_owned(),
                direction: Direction::Ascending,
                limit: Limit::MAXIMUM,
                after: None,
            };
            let page = table.query(&range).await?;
            let ids = page.items.iter().map(|item| ItemReader::new(item).parsed("sk", ContactId::parse));
            Ok::<Vec<_>, Failure>(ids.collect::<Result<_, MalformedItem>>()?)
        });
        Ok(try_join_all(queries).await?.into_iter().flatten().collect())
    }

    /// The partitions in which [`ContactStore::holders_of`] looks: of two contacts with one in common each is a holder of the
    /// other's.
    pub fn partitions_of(&self, contact: &Contact) -> Result<Vec<String>, Failure> {
        Ok(self.index_keys(contact)?.iter().map(|key| key.partition().to_owned()).collect())
    }

    /// Writes `next` over `before`, moves the index rows with it, and notes on its timeline who did, where that is to be said. Failures
    /// as those of [`ContactStore::insert`]; [`Failure::Stale`] where it is no longer as `before`.
    pub async fn replace(&self, before: &Contact, next: &Contact, by: Option<By>) -> Result<(), Failure> {
        let item = self.item(next)?;
        let mut write = self.write().with(Part::Contact, |rows| rows.put_over_version(item, before.version));
        if let Some(by) = by {
            let entry = activity_item(self.scope.table.keys(), &next.updated(before, by));
            write = write.with(Part::Rest, |rows| rows.put_any(entry));
        }
        write = self.tell_search(write, next)?;
        let new_owner = next.access.owner != before.access.owner;
        let new_company = next.details.company_id != before.details.company_id;
        write = self.check_links(write, next, new_owner, new_company);
        let (old, new) = (self.index_keys(before)?, self.index_keys(next)?);
        for key in old.iter().filter(|key| !new.contains(key)) {
            write = write.with(Part::Rest, |rows| rows.delete_any(key));
        }
        for key in new.iter().filter(|key| !old.contains(key)) {
            write = write.with(Part::Rest, |rows| rows.put_any(ItemBuilder::new(key).build()));
        }
        write.commit().await
    }

    /// Puts the contact away, where only [`ContactStore::find_deleted`] finds it. `version` is that of the row as it stands;
    /// [`Failure::Stale`] where it is no longer.
    pub async fn remove(&self, deleted: &Contact, version: i64) -> Result<(), Failure> {
        let key = self.scope.table.keys().contact(&deleted.id);
        let away = self.deleted_item(deleted)?;
        let gone = log::removed(self.scope, &self.vault, deleted)?;
        let mut write = self
            .write()
            .with(Part::Contact, |rows| rows.delete_at_version(&key, version))
            .with(Part::Rest, |rows| rows.put_any(away))
            .with(Part::Rest, |rows| rows.put_any(gone));
        for key in self.index_keys(deleted)? {
            write = write.with(Part::Rest, |rows| rows.delete_any(&key));
        }
        write.commit().await
    }

    /// Brings a deleted contact back as `restored`, unless it has been already ([`Failure::Stale`]); `version` is that of the
    /// deleted one. [`Failure::Invalid`] about `owner_id` where its owner has left meanwhile.
    pub async fn restore(&self, restored: &Contact, version: i64, by: By) -> Result<(), Failure> {
        let away = self.scope.table.keys().deleted_contact(&restored.id);
        let item = self.item(restored)?;
        let entry = activity_item(self.scope.table.keys(), &restored.restored(by));
        let mut write = self
            .write()
            .with(Part::Contact, |rows| rows.delete_at_version(&away, version))
            .with(Part::Rest, |rows| rows.put_new(item))
            .with(Part::Rest, |rows| rows.put_any(entry));
        write = self.tell_search(write, restored)?;
        write = self.check_links(write, restored, true, false);
        for key in self.index_keys(restored)? {
            write = write.with(Part::Rest, |rows| rows.put_any(ItemBuilder::new(&key).build()));
        }
        write.commit().await
    }

    /// What is committed is found.
    fn tell_search<'a>(&self, write: Write<'a>, contact: &Contact) -> Result<Write<'a>, Failure> {
        let row = log::written(self.scope, &self.vault, contact)?;
        Ok(write.with(Part::Rest, |rows| rows.put_any(row)))
    }

    /// What the contact names has to be there.
    fn check_links<'a>(
        &self,
        mut write: Write<'a>,
        contact: &Contact,
        owner: bool,
        company: bool,
    ) -> Write<'a> {
        if owner {
            write = write.with(Part::Owner, |rows| rows.require_active_user(&contact.access.owner));
        }
        if let Some(company) = contact.details.company_id.as_ref().filter(|_| company) {
            let key = self.scope.table.keys().company(company);
            write = write.with(Part::Company, |rows| rows.require_live(&key));
        }
        write
    }

    /// Equal values give equal keys: the rows by which others find the contact.
    fn index_keys(&self, contact: &Contact) -> Result<Vec<Key>, Failure> {
        let details = &contact.details;
        let mut rows = Vec::with_capacity(details.emails.len() + details.phones.len());
        for email in &details.emails {
            let index = email_index(&self.vault, &email.address)?;
            rows.push(self.scope.table.keys().email_index(&index, &contact.id));
        }
        for phone in &details.phones {
            let index = phone_index(&self.vault, phone.number.e164())?;
            let key = self.scope.table.keys().phone_index(&index, &contact.id);
            // Two extensions of one switchboard are one number, hence one row.
            if !rows.contains(&key) {
                rows.push(key);
            }
        }
        Ok(rows)
    }

    fn item(&self, contact: &Contact) -> Result<Item, Failure> {
        let keys = self.scope.table.keys();
        let built = self.build(&keys.contact(&contact.id), contact)?;
        Ok(built
            .first_index(keys.contacts_of_owner(&contact.access.owner), contact.id.as_str())
            .second_index(keys.contacts_by_update(), &contact.updated_at.to_string())
            .build())
    }

    /// Under a key of its own, and in no index.
    fn deleted_item(&self, contact: &Contact) -> Result<Item, Failure> {
        let key = self.scope.table.keys().deleted_contact(&contact.id);
        let deleted_at: UtcTime = contact.updated_at;
        Ok(self.build(&key, contact)?.time("deleted_at", deleted_at).build())
    }

    fn build(&self, key: &Key, contact: &Contact) -> Result<ItemBuilder, Failure> {
        let details = &contact.details;
        let profile = StoredProfile::of(details);
        let phones: Vec<_> = details.phones.iter().map(phone_record).collect();
        Ok(ItemBuilder::new(key)
            .text("owner_id", contact.access.owner.as_str())
            .text("visibility", contact.access.visibility.as_str())
            .optional_text("company_id", details.company_id.as_ref().map(kernel::CompanyId::as_str))
            .number("version", contact.version)
            .time("created_at", contact.created_at)
            .time("updated_at", contact.updated_at)
            .sealed(
                Purpose::ContactProfile,
                seal_record(&self.vault, key, Purpose::ContactProfile, &profile)?,
            )
            .sealed(Purpose::ContactPhones, seal_record(&self.vault, key, Purpose::ContactPhones, &phones)?))
    }
}

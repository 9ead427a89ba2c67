//! The rows of a contact: itself, an index row per address and number, and when it was last touched.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use kernel::{
    Caller, CompanyId, ContactId, Failure, PhoneRecord, UserId, UtcTime,
    access::{ContactAccess, Visibility},
};
use table::{
    ContactDefaults, Item, ItemReader, Key, MalformedItem, Order, Position, Purpose, Stretch,
    read_contact_defaults,
};
use tenancy::{TenantScope, unseal_record};
use vault::TenantVault;

use crate::{
    contact::{Contact, Surroundings},
    custom_fields,
    listing::Rows,
};
use record::StoredProfile;

mod record;
mod write;

/// The contacts of one tenant.
pub struct ContactStore<'a> {
    pub(crate) scope: &'a TenantScope,
    pub(crate) vault: Arc<TenantVault>,
}

/// A contact as it stands, and what else is needed to change it.
pub struct ForChange {
    pub contact: Contact,
    pub last_touched_at: Option<UtcTime>,
    pub surroundings: Surroundings,
}

/// Contacts with when each was last touched; `last` is the position to go on behind.
pub struct ContactPage {
    pub contacts: Vec<(Contact, Option<UtcTime>)>,
    pub last: Option<Position>,
}

impl<'a> ContactStore<'a> {
    pub async fn open(scope: &'a TenantScope) -> Result<Self, Failure> {
        Ok(Self { scope, vault: scope.vault().await? })
    }

    pub async fn find(&self, id: &ContactId) -> Result<Option<Contact>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().contact(id)).await?;
        item.map(|item| self.read(&item)).transpose()
    }

    /// Those of some contacts that there are, in no order.
    pub async fn find_all(&self, ids: impl IntoIterator<Item = &ContactId>) -> Result<Vec<Contact>, Failure> {
        let keys: Vec<_> = ids.into_iter().map(|id| self.scope.table.keys().contact(id)).collect();
        let items = self.scope.table.get_many(&keys).await?;
        items.iter().filter_map(|item| self.read_among_others(item).transpose()).collect()
    }

    /// The contact where there is one that `caller` may see; [`Failure::NotFound`] otherwise.
    pub async fn seen_by(&self, caller: &Caller, contact: Option<Contact>) -> Result<Contact, Failure> {
        let contact = contact.ok_or(Failure::NotFound("contact"))?;
        let seen = self.scope.table.sees(caller, &contact.access).await?;
        seen.then_some(contact).ok_or(Failure::NotFound("contact"))
    }

    /// The contact together with all that is needed to change it, in one round trip.
    pub async fn find_for_change(&self, id: &ContactId) -> Result<Option<ForChange>, Failure> {
        let keys = self.scope.table.keys();
        let rows =
            self.rows(&[keys.contact(id), keys.touch(id), keys.tenant(), keys.custom_fields()]).await?;
        let Some(item) = rows.get(&keys.contact(id)) else { return Ok(None) };
        let touch = rows.get(&keys.touch(id));
        Ok(Some(ForChange {
            contact: self.read(item)?,
            last_touched_at: touch
                .map_or(Ok(None), |item| ItemReader::new(item).optional_time("last_touched_at"))?,
            surroundings: self.surroundings_of(&rows)?,
        }))
    }

    /// What has to be known to read a new contact.
    pub async fn surroundings(&self) -> Result<Surroundings, Failure> {
        let keys = self.scope.table.keys();
        self.surroundings_of(&self.rows(&[keys.tenant(), keys.custom_fields()]).await?)
    }

    async fn rows(&self, keys: &[Key]) -> Result<HashMap<Key, Item>, Failure> {
        let items = self.scope.table.get_many(keys).await?;
        let key_of = |item: &Item| {
            let reader = ItemReader::new(item);
            let (partition, sort) = (reader.partition()?, reader.sort()?);
            let key = keys.iter().find(|key| key.partition() == partition && key.sort() == sort);
            key.cloned().ok_or(MalformedItem { attribute: "pk" })
        };
        items.into_iter().map(|item| Ok((key_of(&item)?, item))).collect()
    }

    fn surroundings_of(&self, rows: &HashMap<Key, Item>) -> Result<Surroundings, Failure> {
        let keys = self.scope.table.keys();
        let tenant = rows.get(&keys.tenant()).map(read_contact_defaults).transpose()?;
        let fields = rows.get(&keys.custom_fields());
        let fields = fields.map(|item| custom_fields::store::read(&self.vault, item)).transpose()?;
        let none = ContactDefaults { country: "US".to_owned(), visibility: Visibility::Tenant };
        Ok(Surroundings { defaults: tenant.unwrap_or(none), custom_fields: fields.unwrap_or_default() })
    }

    /// A contact that has been deleted and not been restored.
    pub async fn find_deleted(&self, id: &ContactId) -> Result<Option<Contact>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().deleted_contact(id)).await?;
        item.map(|item| self.read(&item)).transpose()
    }

    /// When the contact was last spoken or written to.
    pub async fn last_touched_at(&self, id: &ContactId) -> Result<Option<UtcTime>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().touch(id)).await?;
        item.map_or(Ok(None), |item| Ok(ItemReader::new(&item).optional_time("last_touched_at")?))
    }

    /// The contacts of a stretch, in its order.
    pub async fn page(&self, stretch: &Stretch, rows: Rows) -> Result<ContactPage, Failure> {
        let (items, last) = self.scope.table.stretch(stretch).await?;
        let contacts = match rows {
            Rows::Contacts => {
                let contacts = items.iter().filter_map(|item| self.read_among_others(item).transpose());
                let contacts = contacts.map(|contact| Ok((contact?, None)));
                let mut contacts = contacts.collect::<Result<Vec<_>, Failure>>()?;
                self.add_touches(&mut contacts, stretch.order).await?;
                contacts
            }
            Rows::Touches => self.touched(&items).await?,
        };
        Ok(ContactPage { contacts, last })
    }

    /// The contacts of touches, in their order and each once; of those that have been deleted nothing.
    pub async fn touched(&self, touches: &[Item]) -> Result<Vec<(Contact, Option<UtcTime>)>, Failure> {
        let touches = touches.iter().map(read_touch).collect::<Result<Vec<_>, MalformedItem>>()?;
        let table = &self.scope.table;
        // Reading on behind a contact that is touched meanwhile meets it twice.
        let ids: HashSet<_> = touches.iter().map(|(id, _)| id).collect();
        let keys: Vec<_> = ids.into_iter().map(|id| table.keys().contact(id)).collect();
        let found = table.get_many(&keys).await?;
        let found = found.iter().filter_map(|item| self.read_among_others(item).transpose());
        let found = found.map(|contact| contact.map(|contact| (contact.id.clone(), contact)));
        let mut found = found.collect::<Result<HashMap<_, _>, _>>()?;
        Ok(touches.into_iter().filter_map(|(id, time)| Some((found.remove(&id)?, time))).collect())
    }

    /// In the table's own order touches lie as their contacts do, so those of a page are one stretch, which costs what their
    /// sizes add up to. In any other they are read one by one.
    async fn add_touches(
        &self,
        contacts: &mut [(Contact, Option<UtcTime>)],
        order: Order,
    ) -> Result<(), Failure> {
        let table = &self.scope.table;
        let ids = || contacts.iter().map(|(contact, _)| &contact.id);
        let (Some(first), Some(last)) = (ids().min(), ids().max()) else { return Ok(()) };
        let times = match order {
            Order::Table => {
                let partition = table.keys().touches();
                times_of(&table.query_between(&partition, first.as_str(), last.as_str()).await?)?
            }
            Order::FirstIndex | Order::SecondIndex => self.touches_of(ids()).await?,
        };
        for (contact, last_touched_at) in contacts {
            *last_touched_at = times.get(&contact.id).copied();
        }
        Ok(())
    }

    /// When each of some contacts was last touched, of those that ever were.
    pub async fn touches_of(
        &self,
        ids: impl IntoIterator<Item = &ContactId>,
    ) -> Result<HashMap<ContactId, UtcTime>, Failure> {
        Ok(times_of(&self.touch_rows(ids).await?)?)
    }

    /// The rows that say so, in no order.
    pub async fn touch_rows(&self, ids: impl IntoIterator<Item = &ContactId>) -> Result<Vec<Item>, Failure> {
        let table = &self.scope.table;
        let keys: Vec<_> = ids.into_iter().map(|id| table.keys().touch(id)).collect();
        Ok(table.get_many(&keys).await?)
    }

    /// The contact of a row that is read with others; `None` for one that does not open, which the log names, so that the others
    /// are still to be had. Where the keys held are too old for it, all of them have to be read again.
    pub(crate) fn read_among_others(&self, item: &Item) -> Result<Option<Contact>, Failure> {
        match self.read(item) {
            Err(failure @ Failure::Internal(_)) => {
                let contact = ItemReader::new(item).sort().unwrap_or_default();
                tracing::error!(contact.id = contact, %failure, "a contact that does not open is left out");
                Ok(None)
            }
            contact => contact.map(Some),
        }
    }

    /// The contact of a row, live or deleted.
    pub(crate) fn read(&self, item: &Item) -> Result<Contact, Failure> {
        let reader = ItemReader::new(item);
        let profile: StoredProfile = unseal_record(&self.vault, reader, Purpose::ContactProfile)?;
        let phones: Vec<PhoneRecord> = unseal_record(&self.vault, reader, Purpose::ContactPhones)?;
        let company_id = reader.optional_parsed("company_id", CompanyId::parse)?;
        Ok(Contact {
            id: reader.parsed("sk", ContactId::parse)?,
            details: profile.into_details(company_id, phones)?,
            access: ContactAccess {
                owner: reader.parsed("owner_id", UserId::parse)?,
                visibility: reader.parsed("visibility", Visibility::parse)?,
            },
            version: reader.number("version")?,
            created_at: reader.time("created_at")?,
            updated_at: reader.time("updated_at")?,
        })
    }
}

fn times_of(touches: &[Item]) -> Result<HashMap<ContactId, UtcTime>, MalformedItem> {
    let touches = touches
        .iter()
        .map(read_touch)
        .filter_map(|touch| touch.map(|(id, time)| time.map(|time| (id, time))).transpose());
    touches.collect()
}

/// Whose touch a row is, and when it was.
pub(crate) fn read_touch(item: &Item) -> Result<(ContactId, Option<UtcTime>), MalformedItem> {
    let touch = ItemReader::new(item);
    Ok((touch.parsed("sk", ContactId::parse)?, touch.optional_time("last_touched_at")?))
}

#[cfg(test)]
mod tests;

//! The rows of a note: itself, and its entry on the timeline. Both hold the text, each sealed for its own row.

use std::sync::Arc;

use kernel::{Caller, ContactId, Failure, Faults, NoteId, UserId, access::ContactAccess};
use table::{
    Item, ItemBuilder, ItemReader, Key, Purpose, TableError, sealed_activity_item, users_of, users_text,
};
use tenancy::{TenantScope, seal_record, unseal_record};
use vault::TenantVault;

use super::note::Note;
use crate::{
    sight::{self, Blind},
    stale::stale_where_changed,
};

/// The notes of one tenant.
pub struct NoteStore<'a> {
    scope: &'a TenantScope,
    vault: Arc<TenantVault>,
}

impl<'a> NoteStore<'a> {
    pub async fn open(scope: &'a TenantScope) -> Result<Self, Failure> {
        Ok(Self { scope, vault: scope.vault().await? })
    }

    /// Who may see the contact, where `caller` may.
    pub async fn access(&self, contact: &ContactId, caller: &Caller) -> Result<ContactAccess, Failure> {
        sight::access_for(&self.scope.table, contact, caller).await
    }

    /// Refuses mentions of whoever is no active user of the tenant or may not see the contact.
    pub async fn check_mentions(&self, users: &[UserId], access: &ContactAccess) -> Result<(), Failure> {
        let mut faults = Faults::default();
        let blind = sight::blind_among(self.scope, users, access).await?;
        for (position, blind) in blind.into_iter().enumerate() {
            if let Some((code, message)) = blind.map(Blind::code_and_message) {
                faults.add(format!("mentions[{position}]"), code, message);
            }
        }
        faults.into_result()
    }

    pub async fn find(&self, id: &NoteId) -> Result<Option<Note>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().note(id)).await?;
        item.map(|item| self.read(&item)).transpose()
    }

    /// Writes a new note, provided that its contact is there. [`Failure::Stale`] where there is one of that id.
    pub async fn insert(&self, note: &Note) -> Result<(), Failure> {
        let keys = self.scope.table.keys();
        let transaction = self
            .scope
            .table
            .transaction()
            .put_new(self.item(note)?)
            .put_new(self.entry(note)?)
            .require_live(&keys.contact(&note.contact_id));
        match transaction.commit().await {
            Err(TableError::ConditionFailed { element: 0 }) => Err(Failure::Stale),
            Err(TableError::ConditionFailed { element: 2 }) => Err(Failure::NotFound("contact")),
            outcome => Ok(outcome?),
        }
    }

    /// Writes the next state of a note over the one it was made from; its entry moves with the time it tells of.
    pub async fn replace(&self, before: &Note, after: &Note) -> Result<(), Failure> {
        let transaction = self.scope.table.transaction().put_over_version(self.item(after)?, before.version);
        let transaction = if after.occurred_at == before.occurred_at {
            transaction.put_any(self.entry(after)?)
        } else {
            transaction.delete_any(&self.entry_key(before)).put_new(self.entry(after)?)
        };
        stale_where_changed(transaction.commit().await)
    }

    /// Removes a note and its entry.
    pub async fn remove(&self, note: &Note) -> Result<(), Failure> {
        let key = self.scope.table.keys().note(&note.id);
        let transaction = self
            .scope
            .table
            .transaction()
            .delete_at_version(&key, note.version)
            .delete_any(&self.entry_key(note));
        stale_where_changed(transaction.commit().await)
    }

    fn entry_key(&self, note: &Note) -> Key {
        let activity = note.activity();
        self.scope.table.keys().activity(&note.contact_id, note.occurred_at, &activity.id)
    }

    fn entry(&self, note: &Note) -> Result<Item, Failure> {
        let sealed = seal_record(&self.vault, &self.entry_key(note), Purpose::NoteText, &note.text)?;
        let keys = self.scope.table.keys();
        Ok(sealed_activity_item(keys, &note.activity(), Some((Purpose::NoteText, sealed))))
    }

    fn item(&self, note: &Note) -> Result<Item, Failure> {
        let key = self.scope.table.keys().note(&note.id);
        Ok(ItemBuilder::new(&key)
            .text("contact_id", note.contact_id.as_str())
            .text("user_id", note.user_id.as_str())
            .text("owner_id", note.owner_id.as_str())
            .optional_text("mentions", users_text(&note.mentions))
            .time("occurred_at", note.occurred_at)
            .number("version", note.version)
            .time("created_at", note.created_at)
            .time("updated_at", note.updated_at)
            .sealed(Purpose::NoteText, seal_record(&self.vault, &key, Purpose::NoteText, &note.text)?)
            .build())
    }

    fn read(&self, item: &Item) -> Result<Note, Failure> {
        let item = ItemReader::new(item);
        Ok(Note {
            id: item.parsed("sk", NoteId::parse)?,
            contact_id: item.parsed("contact_id", ContactId::parse)?,
            user_id: item.parsed("user_id", UserId::parse)?,
            owner_id: item.parsed("owner_id", UserId::parse)?,
            text: unseal_record(&self.vault, item, Purpose::NoteText)?,
            mentions: item.optional_parsed("mentions", users_of)?.unwrap_or_default(),
            occurred_at: item.time("occurred_at")?,
            version: item.number("version")?,
            created_at: item.time("created_at")?,
            updated_at: item.time("updated_at")?,
        })
    }
}

#[cfg(test)]
mod tests;

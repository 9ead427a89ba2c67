//! The rows of a call: itself, and its activity once it is over. Also what placing a call reads of other rows.

use std::sync::Arc;

use kernel::{Ambient, CallId, ContactId, Failure, PhoneRecord, UserId, UserRecord, access::ContactAccess};
use table::{Item, ItemBuilder, ItemReader, Purpose, TableError, activity_item, read_contact_access};
use tenancy::{TenantScope, seal_record, unseal_record};
use vault::TenantVault;

use crate::{
    call::{Call, News, ProviderCallId},
    progress::{CallStatus, Progress},
    telephony::{PhoneNumbers, TelephonyAccount, read_account, read_numbers},
};

/// Reports of one call arrive together; each loser of a race reads again. More than these never happens in earnest.
const ATTEMPTS: usize = 10;

/// The calls of one tenant.
pub struct CallStore<'a> {
    scope: &'a TenantScope,
    vault: Arc<TenantVault>,
}

/// What placing a call needs to know of a contact.
pub struct Callee {
    pub access: ContactAccess,
    pub phones: Vec<PhoneRecord>,
}

impl<'a> CallStore<'a> {
    pub async fn open(scope: &'a TenantScope) -> Result<Self, Failure> {
        Ok(Self { scope, vault: scope.vault().await? })
    }

    /// Writes a new call, provided that its contact is there.
    pub async fn insert(&self, call: &Call) -> Result<(), Failure> {
        let contact = self.scope.table.keys().contact(&call.contact);
        let transaction = self.scope.table.transaction().put_new(self.item(call)?).require_live(&contact);
        match transaction.commit().await {
            Err(TableError::ConditionFailed { element: 1 }) => Err(Failure::NotFound("contact")),
            outcome => Ok(outcome?),
        }
    }

    pub async fn find(&self, id: &CallId) -> Result<Option<Call>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().call(id)).await?;
        item.map(|item| self.read(&item)).transpose()
    }

    /// Adds `news` to a call and, where they end it, writes its activity in the same transaction. News that are known
    /// already write nothing. [`Failure::NotFound`] for an unknown call, or news that belong to another.
    pub async fn learn(&self, id: &CallId, news: &News, ambient: &dyn Ambient) -> Result<Call, Failure> {
        for _ in 0..ATTEMPTS {
            let call = self.find(id).await?.ok_or(Failure::NotFound("call"))?;
            let Some(next) = call.learn(news, ambient.now()).map_err(|_| Failure::NotFound("call"))? else {
                return Ok(call);
            };
            match self.replace(&call, &next).await {
                Ok(()) => return Ok(next),
                Err(TableError::ConditionFailed { .. } | TableError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::Unavailable("the call changes too fast".into()))
    }

    async fn replace(&self, before: &Call, after: &Call) -> Result<(), TableError> {
        let keys = self.scope.table.keys();
        let item = self.item(after).map_err(|failure| TableError::Other(Box::new(failure)))?;
        let mut transaction = self.scope.table.transaction().put_over_version(item, before.version);
        if let Some(activity) = after.activity() {
            transaction = transaction.put_any(activity_item(keys, &activity));
        }
        transaction.commit().await
    }

    /// The contact to call; `None` where there is none, or none any more.
    pub async fn callee(&self, contact: &ContactId) -> Result<Option<Callee>, Failure> {
        let Some(item) = self.scope.table.get(&self.scope.table.keys().contact(contact)).await? else {
            return Ok(None);
        };
        let Some(access) = read_contact_access(&item)? else { return Ok(None) };
        let phones = unseal_record(&self.vault, ItemReader::new(&item), Purpose::ContactPhones)?;
        Ok(Some(Callee { access, phones }))
    }

    /// Who may see the contact, and so its calls; `None` where there is none.
    pub async fn contact_access(&self, contact: &ContactId) -> Result<Option<ContactAccess>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().contact(contact)).await?;
        Ok(item.map_or(Ok(None), |item| read_contact_access(&item))?)
    }

    /// The caller's own data.
    pub async fn user(&self, user: &UserId) -> Result<Option<UserRecord>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().user(user)).await?;
        item.map(|item| unseal_record(&self.vault, ItemReader::new(&item), Purpose::UserProfile)).transpose()
    }

    /// The tenant's account at the provider.
    pub async fn telephony(&self) -> Result<Option<TelephonyAccount>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().telephony()).await?;
        item.map(|item| Ok(read_account(&self.vault, &item)?.record)).transpose()
    }

    /// The tenant's own numbers.
    pub async fn phone_numbers(&self) -> Result<PhoneNumbers, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().phone_numbers()).await?;
        let numbers = item.map(|item| read_numbers(&self.vault, &item)).transpose()?;
        Ok(numbers.map(|numbers| numbers.record).unwrap_or_default())
    }

    fn item(&self, call: &Call) -> Result<Item, Failure> {
        let keys = self.scope.table.keys();
        let key = keys.call(&call.id);
        let progress = &call.progress;
        Ok(ItemBuilder::new(&key)
            .first_index(keys.calls_of_contact(&call.contact), call.id.as_str())
            .text("contact_id", call.contact.as_str())
            .text("user_id", call.user.as_str())
            .text("owner_id", call.owner.as_str())
            .optional_text("provider_call_id", call.provider_call_id.as_ref().map(ProviderCallId::as_str))
            .text("status", progress.status.as_str())
            .time("dialed_at", call.dialed_at)
            .optional_time("heard_answered_at", progress.heard_answered_at)
            .optional_time("completed_at", progress.completed_at)
            .optional_number("duration_seconds", progress.duration_seconds)
            .number("version", call.version)
            .time("updated_at", call.updated_at)
            .sealed(
                Purpose::CallNumbers,
                seal_record(&self.vault, &key, Purpose::CallNumbers, &call.numbers)?,
            )
            .build())
    }

    fn read(&self, item: &Item) -> Result<Call, Failure> {
        let reader = ItemReader::new(item);
        let duration =
            reader.optional_number("duration_seconds").and_then(|seconds| u32::try_from(seconds).ok());
        Ok(Call {
            id: reader.parsed("sk", CallId::parse)?,
            contact: reader.parsed("contact_id", ContactId::parse)?,
            user: reader.parsed("user_id", UserId::parse)?,
            owner: reader.parsed("owner_id", UserId::parse)?,
            numbers: unseal_record(&self.vault, reader, Purpose::CallNumbers)?,
            provider_call_id: reader.optional_parsed("provider_call_id", ProviderCallId::parse)?,
            dialed_at: reader.time("dialed_at")?,
            progress: Progress {
                status: reader.parsed("status", CallStatus::parse)?,
                heard_answered_at: reader.optional_time("heard_answered_at")?,
                completed_at: reader.optional_time("completed_at")?,
                duration_seconds: duration,
            },
            version: reader.number("version")?,
            updated_at: reader.time("updated_at")?,
        })
    }
}

#[cfg(test)]
mod tests;

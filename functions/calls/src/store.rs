//! The rows of a call: itself, and its activity once it is over. Also what placing a call reads of other rows.

mod recordings;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kernel::{
    Ambient, CallId, Caller, ContactId, Failure, OptChoice, OptStates, PhoneRecord, Role, UserId, UserRecord,
    access::ContactAccess,
};
use serde::Deserialize;
use table::{
    CallSource, CallStretch, Item, ItemBuilder, ItemReader, Purpose, TableError, activity_item,
    read_contact_access, users_of, users_text,
};
use tenancy::{TenantScope, seal_record, unseal_record};
use vault::TenantVault;

use crate::{
    call::{Call, Direction, Mode, News, ProviderCallId},
    legs::Legs,
    outcome::Outcome,
    recorded::Recorded,
    telephony::{PhoneNumbers, TelephonyAccount, read_account, read_numbers},
};

pub use recordings::RecordingAction;

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
    /// They have said that they do not want to be called.
    pub opted_out: bool,
}

/// What of a contact's profile matters to whoever wants to call.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wishes {
    opt_states: OptStates,
}

impl<'a> CallStore<'a> {
    pub async fn open(scope: &'a TenantScope) -> Result<Self, Failure> {
        Ok(Self { scope, vault: scope.vault().await? })
    }

    /// Writes a new call, provided that its contact is there.
    pub async fn insert(&self, call: &Call) -> Result<(), Failure> {
        let keys = self.scope.table.keys();
        let mut transaction = self.scope.table.transaction().put_new(self.item(call)?);
        if let Some(contact) = &call.contact {
            transaction = transaction.require_live(&keys.contact(contact));
        }
        if !call.is_settled() {
            transaction = transaction.put_any(ItemBuilder::new(&keys.open_call(&call.id)).build());
        }
        if let Some(user) = &call.user {
            transaction = transaction.put_any(ItemBuilder::new(&keys.call_of_user(user, &call.id)).build());
        }
        if let Some(activity) = call.activity() {
            transaction = transaction.put_any(activity_item(keys, &activity));
        }
        match transaction.commit().await {
            Err(TableError::ConditionFailed { element: 1 }) => Err(Failure::NotFound("contact")),
            outcome => Ok(outcome?),
        }
    }

    /// Writes a call that has come in, once: where the leg is known already, gives the call that it belongs to. A contact who is
    /// deleted meanwhile leaves a stranger.
    pub async fn insert_inbound(&self, mut call: Call) -> Result<Call, Failure> {
        let keys = self.scope.table.keys();
        let leg = call.provider_call_id.clone().ok_or_else(|| Failure::internal("the call has no leg"))?;
        for _ in 0..ATTEMPTS {
            let claim = ItemBuilder::new(&keys.call_leg(leg.as_str())).text("call_id", call.id.as_str());
            let mut transaction = self
                .scope
                .table
                .transaction()
                .put_new(self.item(&call)?)
                .put_new(claim.build())
                .put_any(ItemBuilder::new(&keys.open_call(&call.id)).build());
            if let Some(contact) = &call.contact {
                transaction = transaction.require_live(&keys.contact(contact));
            }
            match transaction.commit().await {
                Ok(()) => return Ok(call),
                Err(TableError::ConditionFailed { element: 3 }) => {
                    (call.contact, call.owner) = (None, None);
                }
                Err(TableError::ConditionFailed { .. } | TableError::Conflict(_)) => {
                    if let Some(known) = self.call_of_leg(&leg).await? {
                        return self.find(&known).await?.ok_or(Failure::NotFound("call"));
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::Unavailable("the call changes too fast".into()))
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

    /// Which call the provider's call belongs to, where the URL of a report cannot say it.
    pub async fn call_of_leg(&self, leg: &ProviderCallId) -> Result<Option<CallId>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().call_leg(leg.as_str())).await?;
        Ok(item.map(|item| ItemReader::new(&item).parsed("call_id", CallId::parse)).transpose()?)
    }

    /// Notes that the provider's call belongs to this one.
    pub async fn claim_leg(&self, leg: &ProviderCallId, call: &CallId) -> Result<(), Failure> {
        let key = self.scope.table.keys().call_leg(leg.as_str());
        let item = ItemBuilder::new(&key).text("call_id", call.as_str()).build();
        match self.scope.table.put_new(item).await {
            Err(TableError::ConditionFailed { .. }) => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    /// Writes what the user says about a call over the version that was seen.
    pub async fn describe(&self, before: &Call, after: &Call) -> Result<(), Failure> {
        match self.replace(before, after).await {
            Err(TableError::ConditionFailed { .. } | TableError::Conflict(_)) => Err(Failure::Stale),
            outcome => Ok(outcome?),
        }
    }

    async fn replace(&self, before: &Call, after: &Call) -> Result<(), TableError> {
        let keys = self.scope.table.keys();
        let item = self.item(after).map_err(|failure| TableError::Other(Box::new(failure)))?;
        let mut transaction = self.scope.table.transaction().put_over_version(item, before.version);
        if let Some(activity) = after.activity() {
            transaction = transaction.put_any(activity_item(keys, &activity));
        }
        match (before.is_settled(), after.is_settled()) {
            (false, true) => transaction = transaction.delete_any(&keys.open_call(&after.id)),
            // A message that is heard of after the call's end is still to come.
            (true, false) => {
                transaction = transaction.put_any(ItemBuilder::new(&keys.open_call(&after.id)).build());
            }
            _ => {}
        }
        if let Some(user) = after.user.as_ref().filter(|_| after.user != before.user) {
            transaction = transaction.put_any(ItemBuilder::new(&keys.call_of_user(user, &after.id)).build());
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
        let wishes: Wishes = unseal_record(&self.vault, ItemReader::new(&item), Purpose::ContactProfile)?;
        let opted_out = wishes.opt_states.call.status == OptChoice::OptedOut;
        Ok(Some(Callee { access, phones, opted_out }))
    }

    /// Who may see the contact; `None` where there is none, or none any more.
    pub async fn contact_access(&self, contact: &ContactId) -> Result<Option<ContactAccess>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().contact(contact)).await?;
        Ok(item.map_or(Ok(None), |item| read_contact_access(&item))?)
    }

    /// Whether `caller` may see the contact, and so its calls.
    pub async fn contact_visible_to(&self, contact: &ContactId, caller: &Caller) -> Result<bool, Failure> {
        match self.contact_access(contact).await? {
            Some(access) => Ok(self.scope.table.sees(caller, &access).await?),
            None => Ok(false),
        }
    }

    /// A call that is the caller's own, or of a contact that the caller may see; [`Failure::NotFound`] otherwise. Whoever made it
    /// keeps seeing it, but not past the contact itself.
    pub async fn find_visible(&self, id: &CallId, caller: &Caller) -> Result<Call, Failure> {
        let call = self.find(id).await?.ok_or(Failure::NotFound("call"))?;
        let own = call.user.as_ref() == Some(&caller.user);
        let visible = match &call.contact {
            Some(contact) if own => self.contact_access(contact).await?.is_some(),
            Some(contact) => self.contact_visible_to(contact, caller).await?,
            None => own || sees_strangers(caller) || call.rung.contains(&caller.user),
        };
        visible.then_some(call).ok_or(Failure::NotFound("call"))
    }

    /// What of a stretch of calls `caller` may see, and where the next begins.
    pub async fn list(
        &self,
        source: &CallSource,
        stretch: &CallStretch,
        caller: &Caller,
    ) -> Result<(Vec<Call>, Option<String>), Failure> {
        let table = &self.scope.table;
        let page = table.calls(source, stretch).await?;
        let calls = page.items.iter().map(|item| self.read(item)).collect::<Result<Vec<_>, _>>()?;
        let contacts: BTreeSet<_> = calls.iter().filter_map(|call| call.contact.as_ref()).collect();
        let keys: Vec<_> = contacts.into_iter().map(|contact| table.keys().contact(contact)).collect();
        let mut accesses = BTreeMap::new();
        for item in table.get_many(&keys).await? {
            if let Some(access) = read_contact_access(&item)? {
                accesses.insert(ItemReader::new(&item).parsed("sk", ContactId::parse)?, access);
            }
        }
        let visible = table.visible(caller, accesses.values()).await?;
        let shown = |call: &Call| {
            let own = call.user.as_ref() == Some(&caller.user);
            match &call.contact {
                Some(contact) => accesses.get(contact).is_some_and(|access| own || visible.sees(access)),
                None => own || sees_strangers(caller) || call.rung.contains(&caller.user),
            }
        };
        Ok((calls.into_iter().filter(shown).collect(), page.last))
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

    pub(crate) fn item(&self, call: &Call) -> Result<Item, Failure> {
        let keys = self.scope.table.keys();
        let key = keys.call(&call.id);
        let progress = call.progress();
        let mut item = ItemBuilder::new(&key)
            .text("direction", call.direction.as_str())
            .text("mode", call.mode.as_str())
            .optional_text("contact_id", call.contact.as_ref().map(ContactId::as_str))
            .optional_text("user_id", call.user.as_ref().map(UserId::as_str))
            .optional_text("owner_id", call.owner.as_ref().map(UserId::as_str))
            .optional_text("rung_ids", users_text(&call.rung))
            .optional_text("provider_call_id", call.provider_call_id.as_ref().map(ProviderCallId::as_str))
            .text("status", progress.status.as_str())
            .text("legs", serde_json::to_string(&call.legs).map_err(Failure::internal)?)
            .optional_text("recorded", recordings::text_of(&call.recorded)?)
            .time("dialed_at", call.dialed_at)
            .optional_number("duration_seconds", progress.duration_seconds)
            .optional_text("outcome", call.outcome.map(Outcome::as_str))
            .number("version", call.version)
            .time("updated_at", call.updated_at)
            .sealed(
                Purpose::CallNumbers,
                seal_record(&self.vault, &key, Purpose::CallNumbers, &call.numbers)?,
            );
        if let Some(contact) = &call.contact {
            item = item.first_index(keys.calls_of_contact(contact), call.id.as_str());
        }
        if let Some(note) = &call.note {
            item = item.sealed(Purpose::CallNote, seal_record(&self.vault, &key, Purpose::CallNote, note)?);
        }
        Ok(item.build())
    }

    pub(crate) fn read(&self, item: &Item) -> Result<Call, Failure> {
        let reader = ItemReader::new(item);
        let noted = item.contains_key(Purpose::CallNote.as_str());
        Ok(Call {
            id: reader.parsed("sk", CallId::parse)?,
            direction: reader.parsed("direction", Direction::parse)?,
            mode: reader.parsed("mode", Mode::parse)?,
            contact: reader.optional_parsed("contact_id", ContactId::parse)?,
            user: reader.optional_parsed("user_id", UserId::parse)?,
            owner: reader.optional_parsed("owner_id", UserId::parse)?,
            rung: reader.optional_parsed("rung_ids", users_of)?.unwrap_or_default(),
            numbers: unseal_record(&self.vault, reader, Purpose::CallNumbers)?,
            provider_call_id: reader.optional_parsed("provider_call_id", ProviderCallId::parse)?,
            dialed_at: reader.time("dialed_at")?,
            legs: reader.parsed("legs", |text| serde_json::from_str::<Legs>(text).ok())?,
            recorded: reader
                .optional_parsed("recorded", |text| serde_json::from_str::<Recorded>(text).ok())?
                .unwrap_or_default(),
            outcome: reader.optional_parsed("outcome", Outcome::parse)?,
            note: noted.then(|| unseal_record(&self.vault, reader, Purpose::CallNote)).transpose()?,
            version: reader.number("version")?,
            updated_at: reader.time("updated_at")?,
        })
    }
}

/// Calls of nobody's contact belong to no rep; those who look after a team or the tenant see them.
fn sees_strangers(caller: &Caller) -> bool {
    matches!(caller.role, Role::Manager | Role::Admin)
}

#[cfg(test)]
mod tests;

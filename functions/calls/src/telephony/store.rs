//! The rows of a tenant's telephony. Secrets, numbers and greetings are sealed.

use std::sync::Arc;

use kernel::{Country, Failure, TeamId, UtcTime};
use serde::{Serialize, de::DeserializeOwned};
use table::{Item, ItemBuilder, ItemReader, Key, Keys, Purpose, TableError};
use tenancy::{TenantScope, seal_record, unseal_record};
use vault::TenantVault;

use super::{account::TelephonyAccount, numbers::PhoneNumbers};

/// A record as it is stored.
#[derive(Clone)]
pub struct Versioned<T> {
    pub record: T,
    /// Counts up from 1 with every change.
    pub version: i64,
    pub updated_at: UtcTime,
}

/// The rows of an account and its numbers, as new.
pub fn telephony_items(
    keys: Keys<'_>,
    vault: &TenantVault,
    account: &TelephonyAccount,
    numbers: &PhoneNumbers,
    now: UtcTime,
) -> Result<[Item; 2], Failure> {
    let account = Versioned { record: account, version: 1, updated_at: now };
    let numbers = Versioned { record: numbers, version: 1, updated_at: now };
    Ok([
        item(vault, &keys.telephony(), Purpose::TelephonyAccount, &account)?,
        item(vault, &keys.phone_numbers(), Purpose::PhoneNumbers, &numbers)?,
    ])
}

/// The account in a row that [`telephony_items`] made.
pub(crate) fn read_account(vault: &TenantVault, item: &Item) -> Result<Versioned<TelephonyAccount>, Failure> {
    read(vault, item, Purpose::TelephonyAccount)
}

/// The numbers in a row that [`telephony_items`] made.
pub(crate) fn read_numbers(vault: &TenantVault, item: &Item) -> Result<Versioned<PhoneNumbers>, Failure> {
    read(vault, item, Purpose::PhoneNumbers)
}

/// The telephony of one tenant.
pub struct TelephonyStore<'a> {
    scope: &'a TenantScope,
    vault: Arc<TenantVault>,
}

impl<'a> TelephonyStore<'a> {
    pub async fn open(scope: &'a TenantScope) -> Result<Self, Failure> {
        Ok(Self { scope, vault: scope.vault().await? })
    }

    pub async fn account(&self) -> Result<Option<Versioned<TelephonyAccount>>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().telephony()).await?;
        item.map(|item| read_account(&self.vault, &item)).transpose()
    }

    pub async fn numbers(&self) -> Result<Option<Versioned<PhoneNumbers>>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().phone_numbers()).await?;
        item.map(|item| read_numbers(&self.vault, &item)).transpose()
    }

    /// Writes the next account over the version that was seen, 0 being none. [`Failure::Stale`] where there is another by now.
    pub async fn put_account(&self, next: &Versioned<TelephonyAccount>) -> Result<(), Failure> {
        let key = self.scope.table.keys().telephony();
        self.put(&key, Purpose::TelephonyAccount, next).await
    }

    /// As [`TelephonyStore::put_account`].
    pub async fn put_numbers(&self, next: &Versioned<PhoneNumbers>) -> Result<(), Failure> {
        let key = self.scope.table.keys().phone_numbers();
        self.put(&key, Purpose::PhoneNumbers, next).await
    }

    async fn put<T: Serialize>(
        &self,
        key: &Key,
        purpose: Purpose,
        next: &Versioned<T>,
    ) -> Result<(), Failure> {
        let item = item(&self.vault, key, purpose, next)?;
        let transaction = self.scope.table.transaction();
        let transaction = match next.version {
            1 => transaction.put_new(item),
            version => transaction.put_over_version(item, version - 1),
        };
        match transaction.commit().await {
            Err(TableError::ConditionFailed { .. } | TableError::Conflict(_)) => Err(Failure::Stale),
            outcome => Ok(outcome?),
        }
    }

    /// The country that the tenant is at home in.
    pub async fn default_country(&self) -> Result<Country, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().tenant()).await?;
        let item = item.ok_or(Failure::NotFound("tenant"))?;
        Ok(ItemReader::new(&item).parsed("default_country", Country::parse)?)
    }

    pub async fn has_team(&self, team: &TeamId) -> Result<bool, Failure> {
        Ok(self.scope.table.get(&self.scope.table.keys().team(team)).await?.is_some())
    }
}

fn item<T: Serialize>(
    vault: &TenantVault,
    key: &Key,
    purpose: Purpose,
    stored: &Versioned<T>,
) -> Result<Item, Failure> {
    let sealed = seal_record(vault, key, purpose, &stored.record)?;
    Ok(ItemBuilder::new(key)
        .sealed(purpose, sealed)
        .number("version", stored.version)
        .time("updated_at", stored.updated_at)
        .build())
}

fn read<T: DeserializeOwned>(
    vault: &TenantVault,
    item: &Item,
    purpose: Purpose,
) -> Result<Versioned<T>, Failure> {
    let reader = ItemReader::new(item);
    Ok(Versioned {
        record: unseal_record(vault, reader, purpose)?,
        version: reader.number("version")?,
        updated_at: reader.time("updated_at")?,
    })
}

//! The log of changes: a row for each, written in the transaction that changes the contact, so that what is committed is found.

use kernel::{Failure, UtcTime};
use search::Delta;
use table::{Item, ItemBuilder, ItemReader, Key, Purpose};
use tenancy::{TenantScope, seal_record, unseal_record};
use vault::TenantVault;

use super::document::document_of;
use crate::contact::Contact;

/// Rows are purged once they are in the shards; this only sweeps up where nobody does that any more.
const LIFETIME_SECONDS: i64 = 30 * 24 * 3600;
/// Behind every sort key of the log.
const END: &str = "9999";
const CHANGE: &str = "change";
const REMOVED: &str = "removed";

/// One row of the log.
#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) key: Key,
    /// By the clock of whoever wrote it.
    pub(crate) written_at: UtcTime,
    pub(crate) delta: Delta,
}

/// The row that says how a contact stands now. Belongs into every transaction that writes the contact's row: creating, changing
/// and restoring it.
pub(crate) fn written(scope: &TenantScope, vault: &TenantVault, contact: &Contact) -> Result<Item, Failure> {
    let delta = Delta::Written(Box::new(document_of(contact)?));
    row(scope, vault, contact.updated_at, contact.version, "written", &delta)
}

/// The row that says that a contact is gone. Belongs into the transaction that puts it away, as the version `deleted` has.
pub(crate) fn removed(scope: &TenantScope, vault: &TenantVault, deleted: &Contact) -> Result<Item, Failure> {
    let version = u64::try_from(deleted.version).map_err(Failure::internal)?;
    let delta = Delta::Removed { id: deleted.id.clone(), version };
    row(scope, vault, deleted.updated_at, deleted.version, REMOVED, &delta)
}

fn row(
    scope: &TenantScope,
    vault: &TenantVault,
    now: UtcTime,
    version: i64,
    change: &str,
    delta: &Delta,
) -> Result<Item, Failure> {
    let key = scope.table.keys().search_delta(now, delta.id(), version);
    Ok(ItemBuilder::new(&key)
        .text(CHANGE, change)
        .expires_at(now.plus_seconds(LIFETIME_SECONDS))
        .sealed(Purpose::SearchDelta, seal_record(vault, &key, Purpose::SearchDelta, delta)?)
        .build())
}

/// What has been written at or behind `from`, in order, strongly consistent; everything where `from` is absent.
pub(crate) async fn read_from(
    scope: &TenantScope,
    vault: &TenantVault,
    from: Option<UtcTime>,
) -> Result<Vec<Logged>, Failure> {
    let table = &scope.table;
    let first = from.map_or_else(|| "0".to_owned(), |from| from.to_string());
    let items = table.query_between(&table.keys().search_log(), &first, END).await?;
    items.iter().map(|item| read(scope, vault, item)).collect()
}

fn read(scope: &TenantScope, vault: &TenantVault, item: &Item) -> Result<Logged, Failure> {
    let reader = ItemReader::new(item);
    let written_at = reader.parsed("sk", |sort| UtcTime::parse(sort.split('#').next()?))?;
    let delta: Delta = unseal_record(vault, reader, Purpose::SearchDelta)?;
    let version = i64::try_from(delta.version()).map_err(Failure::internal)?;
    let key = scope.table.keys().search_delta(written_at, delta.id(), version);
    Ok(Logged { key, written_at, delta })
}

//! The log of changes: a row for each, written in the transaction that changes the contact, so that what is committed is found.

use kernel::{ContactId, Failure, UtcTime};
use search::Delta;
use table::{Item, ItemBuilder, ItemReader, Key, LoggedChange, Purpose};
use tenancy::{TenantScope, seal_record, unseal_record};
use vault::TenantVault;

use super::document::document_of;
use crate::contact::Contact;

/// Rows are purged once they are in the shards; this only sweeps up where nobody does that any more.
const LIFETIME_SECONDS: i64 = 30 * 24 * 3600;
/// How long a row may come late: writers' clocks differ, and a row's time is taken before it is committed. What is older than that when
/// the log is read is there, or never will be; what is younger is read again.
pub(crate) const OVERLAP_SECONDS: i64 = 60;
/// Behind every sort key of the log.
const END: &str = "9999";

/// What was read of the log.
#[derive(Debug, Default)]
pub(crate) struct LogRows {
    /// In the order of their times.
    pub(crate) logged: Vec<Logged>,
    /// Rows that do not open: somebody changed them, and what they said is to be had from the contacts alone.
    pub(crate) damaged: Vec<Key>,
}

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
    row(scope, vault, contact.updated_at, contact.version, LoggedChange::Written, &delta)
}

/// The row that says that a contact is gone. Belongs into the transaction that puts it away, as the version `deleted` has.
pub(crate) fn removed(scope: &TenantScope, vault: &TenantVault, deleted: &Contact) -> Result<Item, Failure> {
    let version = u64::try_from(deleted.version).map_err(Failure::internal)?;
    let delta = Delta::Removed { id: deleted.id.clone(), version };
    row(scope, vault, deleted.updated_at, deleted.version, LoggedChange::Removed, &delta)
}

fn row(
    scope: &TenantScope,
    vault: &TenantVault,
    now: UtcTime,
    version: i64,
    change: LoggedChange,
    delta: &Delta,
) -> Result<Item, Failure> {
    let key = scope.table.keys().search_delta(now, delta.id(), version);
    Ok(ItemBuilder::new(&key)
        .text(LoggedChange::ATTRIBUTE, change.as_str())
        .expires_at(now.plus_seconds(LIFETIME_SECONDS))
        .sealed(Purpose::SearchDelta, seal_record(vault, &key, Purpose::SearchDelta, delta)?)
        .build())
}

/// From where on the log has to be read by whoever knows all of it up to `time`.
pub(crate) fn overlapping(time: UtcTime) -> UtcTime {
    time.plus_seconds(-OVERLAP_SECONDS)
}

/// What has been written at or behind `from`, strongly consistent; everything where `from` is absent. A row that does not open keeps
/// nobody from the others; where the keys held are too old for one, all of them have to be read again.
pub(crate) async fn read_from(
    scope: &TenantScope,
    vault: &TenantVault,
    from: Option<UtcTime>,
) -> Result<LogRows, Failure> {
    let table = &scope.table;
    let first = from.map_or_else(|| "0".to_owned(), |from| from.to_string());
    let mut rows = LogRows::default();
    for item in table.query_between(&table.keys().search_log(), &first, END).await? {
        match read(scope, vault, &item) {
            Ok(logged) => rows.logged.push(logged),
            Err(failure @ Failure::Internal(_)) => {
                let row = ItemReader::new(&item).sort().unwrap_or_default();
                tracing::error!(log.row = row, %failure, "a row of the search's log does not open");
                rows.damaged.extend(key_of(scope, row));
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(rows)
}

fn read(scope: &TenantScope, vault: &TenantVault, item: &Item) -> Result<Logged, Failure> {
    let reader = ItemReader::new(item);
    let written_at = reader.parsed("sk", |sort| UtcTime::parse(sort.split('#').next()?))?;
    let delta: Delta = unseal_record(vault, reader, Purpose::SearchDelta)?;
    let version = i64::try_from(delta.version()).map_err(Failure::internal)?;
    let key = scope.table.keys().search_delta(written_at, delta.id(), version);
    Ok(Logged { key, written_at, delta })
}

/// The key with this sort key; `None` where it is none that [`row`] makes.
fn key_of(scope: &TenantScope, sort: &str) -> Option<Key> {
    let mut parts = sort.split('#');
    let (time, contact, version) = (parts.next()?, parts.next()?, parts.next()?);
    let contact = ContactId::parse(contact)?;
    let key = scope.table.keys().search_delta(UtcTime::parse(time)?, &contact, version.parse().ok()?);
    (key.sort() == sort).then_some(key)
}

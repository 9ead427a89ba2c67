//! What goes from the log, and when. A search reads the manifest and the log at once, so it may read the one before and the other after
//! a worker has been there: nothing may go that it would then find in neither.

use std::collections::{HashMap, HashSet};

use kernel::{ContactId, UtcTime};
use search::Delta;
use table::Key;

use super::{
    log::{LogRows, Logged, overlapping},
    manifest::Purgeable,
};

/// Longer than any search takes.
const GRACE_SECONDS: i64 = 120;

/// Up to when rows may go now.
pub(super) fn due(purgeable: Option<Purgeable>, now: UtcTime) -> Option<UtcTime> {
    purgeable.filter(|purgeable| purgeable.from <= now).map(|purgeable| purgeable.upto)
}

/// What may go later, once shards are published at `now` with all that the log had at `read_at`. A stretch that still has to wait is not
/// replaced by another, or a worker that comes every minute would purge nothing.
pub(super) fn next(purgeable: Option<Purgeable>, read_at: UtcTime, now: UtcTime) -> Option<Purgeable> {
    let waiting = purgeable.filter(|purgeable| purgeable.from > now);
    waiting.or(Some(Purgeable { upto: overlapping(read_at), from: now.plus_seconds(GRACE_SECONDS) }))
}

/// Rows that nobody needs once what was read is published: all that were written up to `due`; at once those of contacts that are gone
/// and those that do not open. That a contact is gone stays as long as there is an older row of it, or whoever reads that one alone
/// would take it for news.
pub(super) fn unneeded(rows: &LogRows, due: Option<UtcTime>) -> Vec<Key> {
    let mut removed: HashMap<&ContactId, (u64, bool)> = HashMap::new();
    for row in rows.logged.iter().filter(|row| is_removal(row)) {
        let rank = removed.entry(row.delta.id()).or_insert_with(|| row.delta.rank());
        *rank = row.delta.rank().max(*rank);
    }
    let is_gone =
        |row: &&Logged| removed.get(row.delta.id()).is_some_and(|removal| *removal > row.delta.rank());
    let (gone, others): (Vec<_>, Vec<_>) = rows.logged.iter().partition(is_gone);
    let waited_for: HashSet<_> = gone.iter().map(|row| row.delta.id()).collect();
    let is_due = |row: &&Logged| {
        due.is_some_and(|due| row.written_at <= due)
            && !(is_removal(row) && waited_for.contains(row.delta.id()))
    };
    let unneeded = gone.iter().copied().chain(others.into_iter().filter(is_due));
    unneeded.map(|row| row.key.clone()).chain(rows.damaged.iter().cloned()).collect()
}

fn is_removal(row: &Logged) -> bool {
    matches!(row.delta, Delta::Removed { .. })
}

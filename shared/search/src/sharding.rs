//! Which shard a contact is in, and how many shards there are.

use std::sync::Arc;

use kernel::ContactId;

use crate::{
    document::{Delta, Document},
    entry::{Entry, number_of},
    shard::{MAX_CONTACTS, Shard, TooManyContacts},
};

/// The shard of a contact among `count`, a power of two. Stored shards rely on it: it never changes. Of twice as many shards
/// it is this one or the one `count` behind it.
#[must_use]
pub fn shard_of(id: &ContactId, count: usize) -> usize {
    shard_of_number(number_of(id), count)
}

fn shard_of_number(id: u128, count: usize) -> usize {
    // Murmur3's finaliser over both halves: ids made in one millisecond spread as well as any.
    let halves = (id >> 64) ^ id;
    let mut hash = u64::try_from(halves & u128::from(u64::MAX)).unwrap_or(0);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^= hash >> 33;
    let mask = u64::try_from(count.max(1) - 1).unwrap_or(0);
    usize::try_from(hash & mask).unwrap_or(0)
}

/// Shards for so many contacts: a power of two, with room for chance to spread them unevenly.
#[must_use]
pub fn shards_for(contacts: usize) -> usize {
    const ROOM: usize = MAX_CONTACTS / 8 * 7;
    contacts.div_ceil(ROOM).max(1).next_power_of_two()
}

/// All shards of a tenant from all its contacts.
pub fn build_shards(documents: &[Document], count: usize) -> Result<Vec<Shard>, TooManyContacts> {
    distribute(documents.iter().map(Entry::of), count)
}

/// The shards of a tenant that has outgrown them, spread over `count` shards, with the changes applied.
pub fn reshard(shards: &[Arc<Shard>], deltas: &[Delta], count: usize) -> Result<Vec<Shard>, TooManyContacts> {
    let mut all = Vec::new();
    for (position, shard) in shards.iter().enumerate() {
        let own = deltas.iter().filter(|delta| shard_of(delta.id(), shards.len()) == position);
        all.extend(changed(shard, own).unwrap_or_else(|| shard.entries()));
    }
    if shards.is_empty() {
        all.extend(changed(&Shard::default(), deltas.iter()).unwrap_or_default());
    }
    distribute(all.into_iter(), count)
}

fn distribute(entries: impl Iterator<Item = Entry>, count: usize) -> Result<Vec<Shard>, TooManyContacts> {
    let mut parts = vec![Vec::new(); count.max(1)];
    for entry in entries {
        parts[shard_of_number(entry.id, count)].push(entry);
    }
    parts.into_iter().map(Shard::from_entries).collect()
}

impl Shard {
    /// The shard with those of the changes applied that are its own; `None` where they change nothing.
    pub fn compact(&self, deltas: &[Delta]) -> Result<Option<Self>, TooManyContacts> {
        changed(self, deltas.iter()).map(Self::from_entries).transpose()
    }
}

/// The entries with the changes applied; `None` where nothing is news.
fn changed<'a>(shard: &Shard, deltas: impl Iterator<Item = &'a Delta>) -> Option<Vec<Entry>> {
    let mut newest = std::collections::BTreeMap::<u128, &Delta>::new();
    for delta in deltas {
        let slot = newest.entry(number_of(delta.id())).or_insert(delta);
        if delta.rank() > slot.rank() {
            *slot = delta;
        }
    }
    newest.retain(|id, delta| match shard.position(*id) {
        Some(position) => delta.rank() > (shard.rows.versions[position], false),
        None => matches!(delta, Delta::Written(_)),
    });
    if newest.is_empty() {
        return None;
    }
    let mut entries = shard.entries();
    entries.retain(|entry| !newest.contains_key(&entry.id));
    entries.extend(newest.into_values().filter_map(|delta| match delta {
        Delta::Written(document) => Some(Entry::of(document)),
        Delta::Removed { .. } => None,
    }));
    Some(entries)
}

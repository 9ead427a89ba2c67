//! A tenant's contacts in memory: shards, and over them what has changed since they were built.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, HashSet},
    sync::Arc,
};

use kernel::{
    ContactId,
    access::{ContactAccess, Visibility},
};

use crate::{
    document::{Delta, Document, Facts},
    entry::{Entry, contact_of, number_of},
    query::Query,
    score,
    shard::{MAX_CONTACTS, Shard},
    sharding::shard_of,
};

/// The number of shards is no power of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number of shards is no power of two")]
pub struct NoPowerOfTwo;

/// One found contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub id: ContactId,
    /// The version that was searched.
    pub version: u64,
    /// Higher is better; comparable within one search.
    pub score: u32,
}

/// All of a tenant's contacts that the search knows of.
#[derive(Debug)]
pub struct Index {
    pub(crate) parts: Vec<Part>,
    /// The newest change of each contact that has changed.
    changes: BTreeMap<u128, Delta>,
    shards: usize,
}

/// A shard, and which of its documents something newer lies over.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) shard: Arc<Shard>,
    pub(crate) hidden: HashSet<usize>,
}

impl Part {
    pub(crate) fn live(&self, position: usize) -> bool {
        self.hidden.is_empty() || !self.hidden.contains(&position)
    }
}

impl Index {
    /// From all shards of a tenant in their order; none for a tenant without contacts.
    pub fn new(shards: Vec<Arc<Shard>>) -> Result<Self, NoPowerOfTwo> {
        if !shards.is_empty() && !shards.len().is_power_of_two() {
            return Err(NoPowerOfTwo);
        }
        let count = shards.len();
        let part = |shard| Part { shard, hidden: HashSet::new() };
        Ok(Self { parts: shards.into_iter().map(part).collect(), changes: BTreeMap::new(), shards: count })
    }

    /// Takes changes in, in any order and any number of times: of a contact's changes and its document in the shards the
    /// newest counts.
    pub fn apply(&mut self, deltas: impl IntoIterator<Item = Delta>) {
        let mut changed = false;
        for delta in deltas {
            changed |= self.take(delta);
        }
        if changed {
            self.rebuild_overlay();
        }
    }

    /// The shards that it was made from, in their order.
    pub fn shards(&self) -> impl Iterator<Item = &Arc<Shard>> {
        self.parts[..self.shards].iter().map(|part| &part.shard)
    }

    /// Whether the change was news.
    fn take(&mut self, delta: Delta) -> bool {
        let id = number_of(delta.id());
        let place = self.place_of(delta.id());
        let held = place.map(|(part, position)| (self.parts[part].shard.rows.versions[position], false));
        let newest = self.changes.get(&id).map(Delta::rank).max(held);
        if newest.is_some_and(|newest| newest >= delta.rank()) {
            return false;
        }
        if let Some((part, position)) = place {
            self.parts[part].hidden.insert(position);
        }
        self.changes.insert(id, delta);
        true
    }

    /// The shard with the contact's document, and where it is in there.
    fn place_of(&self, id: &ContactId) -> Option<(usize, usize)> {
        let part = (self.shards > 0).then(|| shard_of(id, self.shards))?;
        Some((part, self.parts[part].shard.position(number_of(id))?))
    }

    /// What has been written since lies in shards of its own behind the others.
    fn rebuild_overlay(&mut self) {
        self.parts.truncate(self.shards);
        let written = self.changes.values().filter_map(|delta| match delta {
            Delta::Written(document) => Some(Entry::of(document)),
            Delta::Removed { .. } => None,
        });
        let entries: Vec<_> = written.collect();
        for entries in entries.chunks(MAX_CONTACTS) {
            if let Ok(shard) = Shard::from_entries(entries.to_vec()) {
                self.parts.push(Part { shard: Arc::new(shard), hidden: HashSet::new() });
            }
        }
    }

    /// How many contacts it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.shard.len() - part.hidden.len()).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every combination of an owner and a visibility that there is among its contacts, each once: all that decides who may see
    /// what. A few that only hidden documents have may be among them.
    #[must_use]
    pub fn accesses(&self) -> Vec<ContactAccess> {
        let mut known = BTreeMap::new();
        for part in &self.parts {
            let rows = &part.shard.rows;
            let mut seen = vec![[false; 3]; rows.owners.len()];
            for (owner, visibility) in rows.owner.iter().zip(&rows.visibilities) {
                seen[usize::from(*owner)][*visibility as usize] = true;
            }
            for (owner, seen) in rows.owners.iter().zip(seen) {
                for visibility in [Visibility::Owner, Visibility::Team, Visibility::Tenant] {
                    if seen[visibility as usize] {
                        let access = ContactAccess { owner: owner.clone(), visibility };
                        known.insert((owner, visibility.as_str()), access);
                    }
                }
            }
        }
        known.into_values().collect()
    }

    /// How many changes lie over the shards. A removal of what is in none of them is kept, for an older change may still come, and
    /// does not count: nothing would become of it there.
    #[must_use]
    pub fn changes(&self) -> usize {
        let lies_over = |delta: &&Delta| match delta {
            Delta::Written(_) => true,
            Delta::Removed { id, .. } => self.place_of(id).is_some(),
        };
        self.changes.values().filter(lies_over).count()
    }

    /// A contact's document as far as it came as a change; `None` where it is in a shard or nowhere.
    #[must_use]
    pub fn changed(&self, id: &ContactId) -> Option<&Document> {
        match self.changes.get(&number_of(id)) {
            Some(Delta::Written(document)) => Some(document),
            _ => None,
        }
    }

    /// Bytes held in memory: shards, and an estimate of the changes.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        const CHANGE: usize = 1024;
        self.parts.iter().map(|part| part.shard.heap_bytes()).sum::<usize>() + self.changes.len() * CHANGE
    }

    /// The best `limit` contacts among those that are `visible`, best first; of equals the last changed first.
    pub fn search(&self, query: &Query, limit: usize, visible: impl Fn(Facts<'_>) -> bool) -> Vec<Hit> {
        let weights = score::field_weights();
        let all = self.len();
        let mut scores: Vec<Vec<(u32, u8)>> =
            self.parts.iter().map(|part| vec![(0, 0); part.shard.len()]).collect();
        for token in &query.tokens {
            let ratings: Vec<_> = self.parts.iter().map(|part| rate(part, token, &weights)).collect();
            let matched = ratings.iter().flatten().filter(|rating| **rating > 0).count();
            let rarity = score::rarity(matched, all);
            for (scores, ratings) in scores.iter_mut().zip(&ratings) {
                for ((sum, matched), rating) in scores.iter_mut().zip(ratings) {
                    if *rating > 0 {
                        *sum += rating / 100 * rarity / 1000;
                        *matched += u8::from(!token.optional);
                    }
                }
            }
        }
        self.best(&scores, query.required(), limit, visible)
    }

    fn best(
        &self,
        scores: &[Vec<(u32, u8)>],
        tokens: usize,
        limit: usize,
        visible: impl Fn(Facts<'_>) -> bool,
    ) -> Vec<Hit> {
        let mut best = BinaryHeap::new();
        for (part, scores) in self.parts.iter().zip(scores) {
            let rows = &part.shard.rows;
            for (position, (sum, matched)) in scores.iter().enumerate() {
                let Some(total) = score::total(*sum, usize::from(*matched), tokens) else { continue };
                let found =
                    Reverse((total, rows.updated[position], rows.ids[position], rows.versions[position]));
                if best.len() >= limit && best.peek().is_none_or(|worst| *worst <= found) {
                    continue;
                }
                if visible(rows.facts(position)) {
                    best.push(found);
                    if best.len() > limit {
                        best.pop();
                    }
                }
            }
        }
        let hit = |Reverse((score, _, id, version))| Some(Hit { id: contact_of(id)?, version, score });
        best.into_sorted_vec().into_iter().filter_map(hit).collect()
    }
}

fn rate(part: &Part, token: &crate::query::Token, weights: &[u32; 64]) -> Vec<u32> {
    let mut ratings = part.shard.rate(token, weights);
    for position in &part.hidden {
        ratings[*position] = 0;
    }
    ratings
}

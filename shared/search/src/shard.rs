//! A shard: a part of a tenant's contacts, ready to be searched and listed.

use std::collections::HashMap;

use kernel::{TeamId, UserId, access::Visibility};
use memchr::memmem::Finder;

use crate::{
    document::{Document, Facts},
    entry::Entry,
    query::{SoughtWord, Token},
    score,
    vocabulary::Vocabulary,
};

/// Contacts of a shard from which on a tenant's shards are split.
pub const MAX_CONTACTS: usize = 8_000;
/// Contacts that a shard can number.
const CAPACITY: usize = u16::MAX as usize;

/// More contacts than one shard can hold: the caller should have made more shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {CAPACITY} contacts do not fit one shard")]
pub struct TooManyContacts;

/// Immutable; changes lie over it until a new one is built. A document is known by its position, which is the order of the
/// ids.
#[derive(Debug, Default)]
pub struct Shard {
    pub(crate) rows: Rows,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) phones: Phones,
}

/// What is known of each document beside its words, a column each.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) ids: Vec<u128>,
    pub(crate) versions: Vec<u64>,
    /// Milliseconds since 1970.
    pub(crate) created: Vec<i64>,
    pub(crate) updated: Vec<i64>,
    pub(crate) visibilities: Vec<Visibility>,
    /// Positions in the tables below.
    pub(crate) owner: Vec<u16>,
    pub(crate) team_set: Vec<u16>,
    /// 0 for none, else one more than the position.
    pub(crate) company: Vec<u16>,
    /// Where a document's tags begin in `tag`, and where the last ones end.
    pub(crate) tag_starts: Vec<u32>,
    pub(crate) tag: Vec<u16>,
    pub(crate) owners: Vec<UserId>,
    pub(crate) team_sets: Vec<Vec<TeamId>>,
    pub(crate) companies: Vec<String>,
    pub(crate) tags: Vec<String>,
}

/// All numbers, each behind a mark, so that one look over them finds a fragment wherever it is.
#[derive(Debug, Default)]
pub(crate) struct Phones {
    pub(crate) digits: Vec<u8>,
    /// Where each begins, its mark included.
    pub(crate) starts: Vec<u32>,
    pub(crate) documents: Vec<u16>,
}

impl Shard {
    /// From documents in any order. Of several with one id the newest version counts.
    pub fn build(documents: &[Document]) -> Result<Self, TooManyContacts> {
        Self::from_entries(documents.iter().map(Entry::of).collect())
    }

    pub(crate) fn from_entries(mut entries: Vec<Entry>) -> Result<Self, TooManyContacts> {
        entries.sort_by_key(|entry| (entry.id, std::cmp::Reverse(entry.version)));
        entries.dedup_by_key(|entry| entry.id);
        if entries.len() > CAPACITY {
            return Err(TooManyContacts);
        }
        Ok(Self {
            rows: Rows::build(&entries),
            vocabulary: Vocabulary::build(&entries),
            phones: Phones::build(&entries),
        })
    }

    /// How many contacts it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.ids.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What it was built from.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<_> = (0..self.len()).map(|position| self.rows.entry(position)).collect();
        for index in 0..self.vocabulary.len() {
            for posting in self.vocabulary.postings(index) {
                let terms = &mut entries[usize::from(posting.document)].terms;
                terms.push((self.vocabulary.term(index).to_owned(), posting.fields));
            }
        }
        for (index, document) in self.phones.documents.iter().enumerate() {
            let digits = self.phones.number(index);
            entries[usize::from(*document)].phones.push(String::from_utf8_lossy(digits).into_owned());
        }
        entries
    }

    pub(crate) fn position(&self, id: u128) -> Option<usize> {
        self.rows.ids.binary_search(&id).ok()
    }

    /// Bytes that it holds in memory.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes() + self.vocabulary.heap_bytes() + self.phones.heap_bytes()
    }

    /// How well each document has the token, in hundred-thousandths; 0 where it has not.
    pub(crate) fn rate(&self, token: &Token, weights: &[u32; 64]) -> Vec<u32> {
        let mut best = self.rate_words(&token.words, weights);
        for fragment in &token.fragments {
            self.phones.find(&fragment.digits, |document, at_end| {
                let rating = fragment.quality(at_end).unwrap_or(0) * score::PHONE_WEIGHT;
                let best = &mut best[usize::from(document)];
                *best = rating.max(*best);
            });
        }
        best
    }

    /// How well each document has all of the words: as well as it has them on average.
    fn rate_words(&self, words: &[SoughtWord], weights: &[u32; 64]) -> Vec<u32> {
        let Some((first, others)) = words.split_first() else { return vec![0; self.len()] };
        let mut all = self.rate_word(first, weights);
        for (word, before) in others.iter().zip(1..) {
            for (all, rating) in all.iter_mut().zip(self.rate_word(word, weights)) {
                *all = if *all > 0 && rating > 0 { (*all * before + rating) / (before + 1) } else { 0 };
            }
        }
        all
    }

    fn rate_word(&self, word: &SoughtWord, weights: &[u32; 64]) -> Vec<u32> {
        let mut best = vec![0_u32; self.len()];
        self.vocabulary.matches(word, |term, quality| {
            for posting in self.vocabulary.postings(term) {
                let rating = quality * weights[usize::from(posting.fields) % weights.len()];
                let best = &mut best[usize::from(posting.document)];
                *best = rating.max(*best);
            }
        });
        best
    }
}

impl Rows {
    fn build(entries: &[Entry]) -> Self {
        let mut rows = Self { tag_starts: vec![0], ..Self::default() };
        let (mut owners, mut team_sets) = (Table::default(), Table::default());
        let (mut companies, mut tags) = (Table::default(), Table::default());
        for entry in entries {
            rows.ids.push(entry.id);
            rows.versions.push(entry.version);
            rows.created.push(entry.created);
            rows.updated.push(entry.updated);
            rows.visibilities.push(entry.visibility);
            rows.owner.push(owners.position(&entry.owner));
            rows.team_set.push(team_sets.position(&entry.team_ids));
            rows.company.push(entry.company_id.as_ref().map_or(0, |company| companies.position(company) + 1));
            // What one shard cannot number, which no real tenant has, is not found by tag.
            rows.tag.extend(entry.tags.iter().filter_map(|tag| tags.position_if_room(tag)));
            rows.tag_starts.push(u32::try_from(rows.tag.len()).unwrap_or(u32::MAX));
        }
        (rows.owners, rows.team_sets) = (owners.values, team_sets.values);
        (rows.companies, rows.tags) = (companies.values, tags.values);
        rows
    }

    pub(crate) fn facts(&self, position: usize) -> Facts<'_> {
        Facts {
            owner: &self.owners[usize::from(self.owner[position])],
            team_ids: &self.team_sets[usize::from(self.team_set[position])],
            visibility: self.visibilities[position],
        }
    }

    pub(crate) fn tags_of(&self, position: usize) -> &[u16] {
        &self.tag[self.tag_starts[position] as usize..self.tag_starts[position + 1] as usize]
    }

    fn entry(&self, position: usize) -> Entry {
        let facts = self.facts(position);
        let company = usize::from(self.company[position]).checked_sub(1);
        Entry {
            id: self.ids[position],
            version: self.versions[position],
            terms: Vec::new(),
            phones: Vec::new(),
            tags: self.tags_of(position).iter().map(|tag| self.tags[usize::from(*tag)].clone()).collect(),
            owner: facts.owner.clone(),
            team_ids: facts.team_ids.to_vec(),
            visibility: facts.visibility,
            company_id: company.map(|company| self.companies[company].clone()),
            created: self.created[position],
            updated: self.updated[position],
        }
    }

    fn heap_bytes(&self) -> usize {
        let text = |texts: &[String]| texts.iter().map(|text| text.capacity() + 24).sum::<usize>();
        let sets = self.team_sets.iter().map(|set| 24 + set.len() * 56).sum::<usize>();
        16 * self.ids.capacity()
            + 8 * (self.versions.capacity() + self.created.capacity() + self.updated.capacity())
            + self.visibilities.capacity()
            + 2 * (self.owner.capacity() + self.team_set.capacity() + self.company.capacity())
            + 2 * self.tag.capacity()
            + 4 * self.tag_starts.capacity()
            + (self.owners.len() * 56 + sets + text(&self.companies) + text(&self.tags))
    }
}

/// Values that many documents share, each kept once.
struct Table<T> {
    values: Vec<T>,
    positions: HashMap<T, u16>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { values: Vec::new(), positions: HashMap::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Table<T> {
    /// For values of which a document has one at most: a shard has room for as many.
    fn position(&mut self, value: &T) -> u16 {
        self.position_if_room(value).unwrap_or(0)
    }

    fn position_if_room(&mut self, value: &T) -> Option<u16> {
        if let Some(position) = self.positions.get(value) {
            return Some(*position);
        }
        let position = u16::try_from(self.values.len()).ok()?;
        self.values.push(value.clone());
        self.positions.insert(value.clone(), position);
        Some(position)
    }
}

impl Phones {
    pub(crate) const MARK: u8 = b'+';

    fn build(entries: &[Entry]) -> Self {
        let mut phones = Self::default();
        for (position, entry) in entries.iter().enumerate() {
            for number in &entry.phones {
                phones.push(u16::try_from(position).unwrap_or(u16::MAX), number.as_bytes());
            }
        }
        phones
    }

    pub(crate) fn push(&mut self, document: u16, digits: &[u8]) {
        self.starts.push(u32::try_from(self.digits.len()).unwrap_or(u32::MAX));
        self.documents.push(document);
        self.digits.push(Self::MARK);
        self.digits.extend_from_slice(digits);
    }

    pub(crate) fn number(&self, index: usize) -> &[u8] {
        let end = self.starts.get(index + 1).map_or(self.digits.len(), |next| *next as usize);
        &self.digits[self.starts[index] as usize + 1..end]
    }

    /// Every document with the digits in one of its numbers, and whether they are the number's last.
    fn find(&self, fragment: &str, mut found: impl FnMut(u16, bool)) {
        let finder = Finder::new(fragment);
        // Places may overlap: of a number of nines alone its end is one of many.
        let mut from = 0;
        while let Some(ahead) = self.digits.get(from..).and_then(|digits| finder.find(digits)) {
            let position = from + ahead;
            from = position + 1;
            let index = self.starts.partition_point(|start| *start as usize <= position) - 1;
            let end = position + fragment.len();
            let at_end = self.digits.get(end).is_none_or(|next| *next == Self::MARK);
            found(self.documents[index], at_end);
        }
    }

    fn heap_bytes(&self) -> usize {
        self.digits.capacity() + 4 * self.starts.capacity() + 2 * self.documents.capacity()
    }
}

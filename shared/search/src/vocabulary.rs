//! The terms of a shard in their order, and which documents have them where.

use std::collections::BTreeMap;

use crate::{
    codec::{Malformed, Reader, Writer, narrow},
    distance::{Distance, at_most, character_mask},
    entry::Entry,
    query::SoughtWord,
    score,
    words::MAX_WORD_BYTES,
};

/// Where a term is: a document of the shard and the bits of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) document: u16,
    pub(crate) fields: u8,
}

#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// All terms, one behind the other, in byte order.
    text: String,
    /// Where each begins, and where the last ends.
    starts: Vec<u32>,
    masks: Vec<u64>,
    /// In characters.
    lengths: Vec<u8>,
    posting_starts: Vec<u32>,
    postings: Vec<Posting>,
}

impl Vocabulary {
    pub(crate) fn build(entries: &[Entry]) -> Self {
        let mut terms: BTreeMap<&str, Vec<Posting>> = BTreeMap::new();
        for (position, entry) in entries.iter().enumerate() {
            let Ok(document) = u16::try_from(position) else { break };
            for (term, fields) in &entry.terms {
                terms.entry(term).or_default().push(Posting { document, fields: *fields });
            }
        }
        let mut vocabulary = Self::with_capacity(terms.len());
        for (term, postings) in terms {
            vocabulary.text.push_str(term);
            vocabulary.push_term(term);
            vocabulary.postings.extend(postings);
            vocabulary.posting_starts.push(offset(vocabulary.postings.len()));
        }
        vocabulary.text.shrink_to_fit();
        vocabulary.postings.shrink_to_fit();
        vocabulary
    }

    fn with_capacity(terms: usize) -> Self {
        let mut vocabulary = Self {
            text: String::new(),
            starts: Vec::with_capacity(terms + 1),
            masks: Vec::with_capacity(terms),
            lengths: Vec::with_capacity(terms),
            posting_starts: Vec::with_capacity(terms + 1),
            postings: Vec::new(),
        };
        vocabulary.starts.push(0);
        vocabulary.posting_starts.push(0);
        vocabulary
    }

    /// Notes the term that `text` ends with.
    fn push_term(&mut self, term: &str) {
        self.starts.push(offset(self.text.len()));
        self.note(term);
    }

    fn note(&mut self, term: &str) {
        let length = if term.is_ascii() { term.len() } else { term.chars().count() };
        self.masks.push(character_mask(term));
        self.lengths.push(u8::try_from(length).unwrap_or(u8::MAX));
    }

    pub(crate) fn len(&self) -> usize {
        self.masks.len()
    }

    pub(crate) fn term(&self, index: usize) -> &str {
        &self.text[self.starts[index] as usize..self.starts[index + 1] as usize]
    }

    pub(crate) fn postings(&self, index: usize) -> &[Posting] {
        &self.postings[self.posting_starts[index] as usize..self.posting_starts[index + 1] as usize]
    }

    /// Every term that `word` may stand for and how well it does; a term may come twice.
    pub(crate) fn matches(&self, word: &SoughtWord, mut found: impl FnMut(usize, u32)) {
        self.exact_and_prefix(word, &mut found);
        match word.whole_limit.max(word.prefix_limit) {
            0 => {}
            1 => self.near::<1>(word, found),
            _ => self.near::<2>(word, found),
        }
    }

    /// Every term within `LIMIT` typos. A constant, so that looking over all masks takes a few instructions each.
    fn near<const LIMIT: u32>(&self, word: &SoughtWord, mut found: impl FnMut(usize, u32)) {
        let (sought, length) = (word.pattern.mask(), word.pattern.length());
        let whole_only = word.prefix_limit == 0;
        for (index, mask) in self.masks.iter().enumerate() {
            if !at_most(sought & !mask, LIMIT) || (whole_only && !at_most(mask & !sought, LIMIT)) {
                continue;
            }
            let other = u32::from(self.lengths[index]);
            if other + LIMIT < length || (whole_only && other > length + LIMIT) {
                continue;
            }
            let term = &self.text.as_bytes()[self.starts[index] as usize..self.starts[index + 1] as usize];
            let mut distance = if term.len() == usize::from(self.lengths[index]) {
                word.pattern.distance_of_ascii(term, LIMIT)
            } else {
                word.pattern.distance(self.term(index), LIMIT)
            };
            if distance.whole > word.whole_limit {
                distance.whole = Distance::FAR;
            }
            if distance.prefix > word.prefix_limit {
                distance.prefix = Distance::FAR;
            }
            if let Some(quality) = score::quality(length, other, distance) {
                found(index, quality);
            }
        }
    }

    /// Without typos nothing needs comparing: what begins with the word lies together.
    fn exact_and_prefix(&self, word: &SoughtWord, found: &mut impl FnMut(usize, u32)) {
        let sought = word.text.as_str();
        let mut index = self.first_from(sought);
        let length = word.pattern.length();
        while index < self.len() && self.term(index).starts_with(sought) {
            let other = u32::from(self.lengths[index]);
            if other == length {
                found(index, score::EXACT);
            } else if word.prefix {
                found(index, score::prefix(length, other));
            } else {
                break;
            }
            index += 1;
        }
    }

    /// The first term that is not before `sought`.
    fn first_from(&self, sought: &str) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.term(middle) < sought {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Front-coded: what a term shares with the one before it is a number.
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.size(self.len());
        let mut suffixes = Writer::default();
        let mut before: &str = "";
        for index in 0..self.len() {
            let term = self.term(index);
            let shared = shared_bytes(before, term);
            writer.size(shared);
            writer.size(term.len() - shared);
            suffixes.bytes.extend_from_slice(&term.as_bytes()[shared..]);
            before = term;
        }
        writer.size(suffixes.bytes.len());
        writer.bytes.extend_from_slice(&suffixes.bytes);
        for index in 0..self.len() {
            writer.size(self.postings(index).len());
        }
        for index in 0..self.len() {
            let mut next = 0;
            for posting in self.postings(index) {
                writer.number(u64::from(posting.document) - next);
                next = u64::from(posting.document) + 1;
            }
        }
        for posting in &self.postings {
            writer.bytes.push(posting.fields);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>, documents: usize) -> Result<Self, Malformed> {
        let terms = reader.count()?;
        let mut vocabulary = Self::with_capacity(terms);
        vocabulary.read_terms(reader, terms)?;
        vocabulary.read_postings(reader, terms, documents)?;
        Ok(vocabulary)
    }

    fn read_terms(&mut self, reader: &mut Reader<'_>, terms: usize) -> Result<(), Malformed> {
        let mut lengths = reader.clone();
        let mut size = 0;
        for _ in 0..terms {
            let shared = reader.below(MAX_WORD_BYTES + 1, "a term is too long")?;
            size += shared + reader.below(MAX_WORD_BYTES + 1 - shared, "a term is too long")?;
        }
        let suffixes = reader.count()?;
        let mut suffixes = Reader::new(reader.bytes(suffixes)?);
        let mut arena = Vec::with_capacity(size);
        let mut before = 0;
        for _ in 0..terms {
            let shared = lengths.below(MAX_WORD_BYTES + 1, "a term is too long")?;
            let suffix = suffixes.bytes(lengths.below(MAX_WORD_BYTES + 1, "a term is too long")?)?;
            let start = arena.len();
            if shared > start - before {
                return Err(Malformed::Inconsistent("a term shares more than there is"));
            }
            arena.extend_from_within(before..before + shared);
            arena.extend_from_slice(suffix);
            let known = before == start || arena[before..start] < arena[start..];
            if !known || arena.len() == start {
                return Err(Malformed::Inconsistent("terms are not in order"));
            }
            self.starts.push(offset(arena.len()));
            before = start;
        }
        suffixes.end()?;
        self.text = String::from_utf8(arena).map_err(|_| Malformed::Inconsistent("a term is not UTF-8"))?;
        let text = std::mem::take(&mut self.text);
        let starts = std::mem::take(&mut self.starts);
        for window in starts.windows(2) {
            let term = text.get(window[0] as usize..window[1] as usize);
            self.note(term.ok_or(Malformed::Inconsistent("a term is not UTF-8"))?);
        }
        (self.text, self.starts) = (text, starts);
        Ok(())
    }

    fn read_postings(
        &mut self,
        reader: &mut Reader<'_>,
        terms: usize,
        documents: usize,
    ) -> Result<(), Malformed> {
        let mut total = 0_usize;
        for _ in 0..terms {
            total += reader.below(documents + 1, "a term has too many documents")?;
            self.posting_starts.push(offset(total));
        }
        let mut deltas = reader.clone();
        let sizes = self.posting_starts.windows(2).map(|window| window[1] - window[0]);
        let mut all = Vec::with_capacity(total.min(documents.saturating_mul(terms)));
        for size in sizes {
            let mut next = 0;
            for _ in 0..size {
                let document = next + deltas.below(documents, "a posting has no document")?;
                if document >= documents {
                    return Err(Malformed::Inconsistent("a posting has no document"));
                }
                all.push(Posting { document: narrow(document)?, fields: 0 });
                next = document + 1;
            }
        }
        *reader = deltas;
        for (posting, fields) in all.iter_mut().zip(reader.bytes(total)?) {
            posting.fields = *fields;
        }
        self.postings = all;
        Ok(())
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.text.capacity()
            + 4 * (self.starts.capacity() + self.posting_starts.capacity())
            + 8 * self.masks.capacity()
            + self.lengths.capacity()
            + size_of::<Posting>() * self.postings.capacity()
    }
}

/// Offsets into a shard: its bytes are limited far below what 32 bits count.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// How many bytes two terms begin with alike.
fn shared_bytes(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count()
}

//! The plain engine.

use kernel::ContactId;

use crate::{
    Delta, Document, Facts, Filter, Hit, Order, Query,
    distance::Distance,
    entry::{Entry, tag_key},
    query::{SoughtWord, Token},
    score,
};

/// What stands after all changes, in the order of ids.
pub(super) fn final_documents(documents: &[Document], deltas: &[Delta]) -> Vec<Document> {
    let mut all: Vec<Delta> = documents
        .iter()
        .cloned()
        .map(|document| Delta::Written(Box::new(document)))
        .chain(deltas.iter().cloned())
        .collect();
    all.sort_by(|one, other| one.id().cmp(other.id()).then(other.rank().cmp(&one.rank())));
    all.dedup_by(|later, kept| later.id() == kept.id());
    all.into_iter()
        .filter_map(|delta| match delta {
            Delta::Written(document) => Some(*document),
            Delta::Removed { .. } => None,
        })
        .collect()
}

pub(super) fn facts(document: &Document) -> Facts<'_> {
    Facts { owner: &document.owner, team_ids: &document.team_ids, visibility: document.visibility }
}

/// By the definition: rate everything, drop what may not be seen, sort, cut off.
pub(super) fn search(
    documents: &[Document],
    query: &Query,
    limit: usize,
    visible: impl Fn(&Document) -> bool,
) -> Vec<Hit> {
    let entries: Vec<Entry> = documents.iter().map(Entry::of).collect();
    let ratings: Vec<Vec<u32>> =
        query.tokens.iter().map(|token| entries.iter().map(|entry| rating(entry, token)).collect()).collect();
    let mut found = Vec::new();
    for (position, document) in documents.iter().enumerate() {
        let (mut sum, mut matched) = (0, 0);
        for (token, ratings) in ratings.iter().enumerate() {
            let having = ratings.iter().filter(|rating| **rating > 0).count();
            if ratings[position] > 0 {
                sum += ratings[position] / 100 * score::rarity(having, documents.len()) / 1000;
                matched += usize::from(!query.tokens[token].optional);
            }
        }
        if let Some(score) = score::total(sum, matched, query.required()) {
            let hit = Hit { id: document.id.clone(), version: document.version, score };
            found.push((hit, document));
        }
    }
    found.retain(|(_, document)| visible(document));
    found.sort_by(|(one, first), (other, second)| {
        (other.score, second.updated_at, &second.id).cmp(&(one.score, first.updated_at, &first.id))
    });
    found.into_iter().map(|(hit, _)| hit).take(limit).collect()
}

fn rating(entry: &Entry, token: &Token) -> u32 {
    let of_word = |word: &SoughtWord| {
        let terms = entry.terms.iter();
        terms.map(|(term, fields)| quality(word, term) * score::field_weight(*fields)).max().unwrap_or(0)
    };
    let mut words = 0;
    for (word, before) in token.words.iter().zip(0..) {
        let rating = of_word(word);
        if rating == 0 {
            words = 0;
            break;
        }
        words = (words * before + rating) / (before + 1);
    }
    let phones = token.fragments.iter().flat_map(|fragment| {
        let digits = fragment.digits.as_str();
        let having = entry.phones.iter().filter(move |phone| phone.contains(digits));
        having.filter_map(move |phone| Some(fragment.quality(phone.ends_with(digits))? * score::PHONE_WEIGHT))
    });
    phones.max().unwrap_or(0).max(words)
}

fn quality(token: &SoughtWord, term: &str) -> u32 {
    let sought: Vec<char> = token.text.chars().collect();
    let term: Vec<char> = term.chars().collect();
    let last = last_row(&sought, &term);
    let whole = *last.last().unwrap();
    let prefix = *last.iter().min().unwrap();
    let mut distance = Distance { whole: Distance::FAR, prefix: Distance::FAR };
    if whole <= token.whole_limit {
        distance.whole = whole;
    }
    // Without typos only where longer words are found at all.
    if if prefix == 0 { token.prefix } else { prefix <= token.prefix_limit } {
        distance.prefix = prefix;
    }
    let (length, other) = (u32::try_from(sought.len()).unwrap(), u32::try_from(term.len()).unwrap());
    score::quality(length, other, distance).unwrap_or(0)
}

/// The last row of the matrix of optimal string alignment.
fn last_row(from: &[char], to: &[char]) -> Vec<u32> {
    let size = |length: usize| u32::try_from(length).unwrap();
    let mut rows: Vec<Vec<u32>> = vec![(0..=size(to.len())).collect()];
    for row in 1..=from.len() {
        let mut next = vec![size(row)];
        for column in 1..=to.len() {
            let differs = u32::from(from[row - 1] != to[column - 1]);
            let mut best = (rows[row - 1][column] + 1)
                .min(next[column - 1] + 1)
                .min(rows[row - 1][column - 1] + differs);
            if row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1] {
                best = best.min(rows[row - 2][column - 2] + 1);
            }
            next.push(best);
        }
        rows.push(next);
    }
    rows.pop().unwrap()
}

pub(super) fn list(
    documents: &[Document],
    filter: &Filter,
    order: Order,
    visible: impl Fn(&Document) -> bool,
) -> Vec<(ContactId, i64)> {
    let at = |document: &Document| match order {
        Order::CreatedAscending | Order::CreatedDescending => document.created_at.as_millisecond(),
        Order::UpdatedAscending | Order::UpdatedDescending => document.updated_at.as_millisecond(),
    };
    let mut listed: Vec<_> = documents
        .iter()
        .filter(|document| filter.owner.as_ref().is_none_or(|owner| *owner == document.owner))
        .filter(|document| {
            let has = |tag: &String| document.tags.iter().any(|own| tag_key(own) == tag_key(tag));
            filter.tag.as_ref().is_none_or(has)
        })
        .filter(|document| filter.company_id.is_none() || filter.company_id == document.company_id)
        .filter(|document| filter.created_from.is_none_or(|from| document.created_at >= from))
        .filter(|document| filter.created_before.is_none_or(|before| document.created_at < before))
        .filter(|document| filter.among.as_ref().is_none_or(|among| among.contains(&document.id)))
        .filter(|document| visible(document))
        .map(|document| (document.id.clone(), at(document)))
        .collect();
    listed.sort_by(|(one, first), (other, second)| (first, one).cmp(&(second, other)));
    if matches!(order, Order::CreatedDescending | Order::UpdatedDescending) {
        listed.reverse();
    }
    listed
}

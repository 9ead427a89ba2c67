//! Lists by owner, tag, company and time over the same memory that is searched.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet},
};

use kernel::{ContactId, UserId, UtcTime};

use crate::{
    document::Facts,
    entry::{contact_of, number_of, tag_key},
    index::{Index, Part},
};

/// Which contacts to list; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub owner: Option<UserId>,
    /// Case and accents do not count.
    pub tag: Option<String>,
    pub company_id: Option<String>,
    /// At or behind this time.
    pub created_from: Option<UtcTime>,
    /// Before this time.
    pub created_before: Option<UtcTime>,
    /// Only these.
    pub among: Option<Selection>,
}

/// What a list is ordered by; the id decides between equal times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    CreatedAscending,
    CreatedDescending,
    UpdatedAscending,
    UpdatedDescending,
}

/// A contact of a list and its place in it: the next page goes on behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: ContactId,
    pub version: u64,
    /// What the list is ordered by, in milliseconds since 1970.
    pub at: i64,
}

/// Some contacts: those that pass a filter, for a list in an order that is known elsewhere, or those of which a list may hold some.
#[derive(Debug, Clone, Default)]
pub struct Selection(HashSet<u128>);

impl Selection {
    #[must_use]
    pub fn contains(&self, id: &ContactId) -> bool {
        self.0.contains(&number_of(id))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In no order.
    pub fn ids(&self) -> impl Iterator<Item = ContactId> {
        self.0.iter().filter_map(|number| contact_of(*number))
    }
}

impl<'a> FromIterator<&'a ContactId> for Selection {
    fn from_iter<I: IntoIterator<Item = &'a ContactId>>(ids: I) -> Self {
        Self(ids.into_iter().map(number_of).collect())
    }
}

impl Index {
    /// All contacts that pass `filter` and are `visible`.
    pub fn select(&self, filter: &Filter, visible: impl Fn(Facts<'_>) -> bool) -> Selection {
        let mut selected = HashSet::new();
        for part in &self.parts {
            let Some(filter) = PartFilter::of(filter, part) else { continue };
            let rows = &part.shard.rows;
            let passes = |position: &usize| {
                filter.passes(part, *position) && part.live(*position) && visible(rows.facts(*position))
            };
            selected.extend((0..rows.ids.len()).filter(passes).map(|position| rows.ids[position]));
        }
        Selection(selected)
    }

    /// The first `limit` contacts behind `after` (a contact's [`Listed::at`] and id) that pass `filter` and are `visible`.
    pub fn list(
        &self,
        filter: &Filter,
        order: Order,
        after: Option<(i64, &ContactId)>,
        limit: usize,
        visible: impl Fn(Facts<'_>) -> bool,
    ) -> Vec<Listed> {
        let after = after.map(|(at, id)| order.key(at, number_of(id)));
        let mut first = BinaryHeap::new();
        for part in &self.parts {
            let Some(filter) = PartFilter::of(filter, part) else { continue };
            let rows = &part.shard.rows;
            for position in 0..rows.ids.len() {
                let key = order.key(order.at(part, position), rows.ids[position]);
                let behind = after.is_none_or(|after| key > after);
                let among = first.len() < limit || first.peek().is_some_and(|(last, _)| key < *last);
                let wanted = behind && among && filter.passes(part, position) && part.live(position);
                if wanted && visible(rows.facts(position)) {
                    first.push((key, rows.versions[position]));
                    if first.len() > limit {
                        first.pop();
                    }
                }
            }
        }
        let listed = |((at, id), version)| {
            let (at, id) = order.value((at, id));
            Some(Listed { id: contact_of(id)?, version, at })
        };
        first.into_sorted_vec().into_iter().filter_map(listed).collect()
    }
}

impl Order {
    fn descends(self) -> bool {
        matches!(self, Self::CreatedDescending | Self::UpdatedDescending)
    }

    fn at(self, part: &Part, position: usize) -> i64 {
        match self {
            Self::CreatedAscending | Self::CreatedDescending => part.shard.rows.created[position],
            Self::UpdatedAscending | Self::UpdatedDescending => part.shard.rows.updated[position],
        }
    }

    /// What ascends in this order. Turning all bits turns an order around and is its own inverse.
    fn key(self, at: i64, id: u128) -> (i64, u128) {
        if self.descends() { (!at, !id) } else { (at, id) }
    }

    fn value(self, key: (i64, u128)) -> (i64, u128) {
        self.key(key.0, key.1)
    }
}

/// A filter in the positions of one shard's tables.
struct PartFilter<'a> {
    owner: Option<u16>,
    tag: Option<u16>,
    company: Option<u16>,
    created: (i64, Reverse<i64>),
    among: Option<&'a Selection>,
}

impl<'a> PartFilter<'a> {
    /// `None` where nothing of the shard can pass.
    fn of(filter: &'a Filter, part: &Part) -> Option<Self> {
        let rows = &part.shard.rows;
        let place = |found: Option<usize>| u16::try_from(found?).ok();
        let wanted = |wanted: bool, found: Option<u16>| if wanted { found.map(Some) } else { Some(None) };
        let owner = filter.owner.as_ref();
        let tag = filter.tag.as_deref().map(tag_key);
        let company = filter.company_id.as_ref();
        Some(Self {
            owner: wanted(owner.is_some(), place(rows.owners.iter().position(|one| Some(one) == owner)))?,
            tag: wanted(tag.is_some(), place(rows.tags.iter().position(|one| Some(one) == tag.as_ref())))?,
            company: wanted(
                company.is_some(),
                place(rows.companies.iter().position(|one| Some(one) == company).map(|place| place + 1)),
            )?,
            created: (
                filter.created_from.map_or(i64::MIN, UtcTime::as_millisecond),
                Reverse(filter.created_before.map_or(i64::MAX, UtcTime::as_millisecond)),
            ),
            among: filter.among.as_ref(),
        })
    }

    fn passes(&self, part: &Part, position: usize) -> bool {
        let rows = &part.shard.rows;
        self.owner.is_none_or(|owner| rows.owner[position] == owner)
            && self.company.is_none_or(|company| rows.company[position] == company)
            && self.tag.is_none_or(|tag| rows.tags_of(position).contains(&tag))
            && (self.created.0..self.created.1.0).contains(&rows.created[position])
            && self.among.is_none_or(|among| among.0.contains(&rows.ids[position]))
    }
}

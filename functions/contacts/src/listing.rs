//! Which contacts a list holds, and in which order.

use kernel::{CompanyId, ContactId, Failure, Faults, UserId, UtcTime};
use lambda::Query;
use search::Filter;
use table::{Direction, Keys, Order, Stretch};

use crate::contact::LONGEST_TAG;

/// The parameters of the list beside its cursor.
pub const PARAMETERS: [&str; 9] = [
    "owner_id",
    "company_id",
    "tag",
    "created_after",
    "created_before",
    "touched_after",
    "touched_before",
    "sort",
    "limit",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SortBy {
    Created,
    Updated,
    LastTouched,
}

/// A list as it was asked for: one stretch of one partition of the table, or, with a filter that no order of the table knows, a
/// list from the memory of the search ([`Listing::filter`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    sort: SortBy,
    direction: Direction,
    owner: Option<UserId>,
    company: Option<CompanyId>,
    tag: Option<String>,
    created: Span,
    touched: Span,
}

/// From a moment on, and before another.
type Span = (Option<UtcTime>, Option<UtcTime>);

/// What the rows of a stretch are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    Contacts,
    Touches,
}

impl Listing {
    /// [`Failure::Invalid`] naming the parameter that is wrong, or that does not go with the others.
    pub fn parse(query: &Query) -> Result<Self, Failure> {
        let mut faults = Faults::default();
        let mut time = |name: &str| {
            let text = query.get(name)?;
            let time = UtcTime::parse(text);
            if time.is_none() {
                faults.add(name, "invalid_time", "Expected an RFC 3339 time.");
            }
            time
        };
        let created = (time("created_after"), time("created_before"));
        let touched = (time("touched_after"), time("touched_before"));
        let owner = query.get("owner_id").and_then(|text| {
            let owner = UserId::parse(text);
            if owner.is_none() {
                faults.add("owner_id", "unknown_user", "There is no such user.");
            }
            owner
        });
        let company = query.get("company_id").and_then(|text| {
            let company = CompanyId::parse(text);
            if company.is_none() {
                faults.add("company_id", "unknown_company", "There is no such company.");
            }
            company
        });
        let tag = query.get("tag").map(|tag| tag.trim().to_owned());
        if tag.as_ref().is_some_and(|tag| tag.is_empty() || tag.chars().count() > LONGEST_TAG) {
            faults.add("tag", "invalid_value", format!("From 1 to {LONGEST_TAG} characters."));
        }
        let default = if touched == (None, None) { "-created" } else { "-last_touched" };
        let (sort, direction) = match query.get("sort").unwrap_or(default) {
            "created" => (SortBy::Created, Direction::Ascending),
            "-created" => (SortBy::Created, Direction::Descending),
            "updated" => (SortBy::Updated, Direction::Ascending),
            "-updated" => (SortBy::Updated, Direction::Descending),
            "last_touched" => (SortBy::LastTouched, Direction::Ascending),
            "-last_touched" => (SortBy::LastTouched, Direction::Descending),
            _ => {
                let message = "Expected created, updated or last_touched, with - for the latest first.";
                faults.add("sort", "unknown_value", message);
                (SortBy::Created, Direction::Descending)
            }
        };
        faults.into_result()?;
        let listing = Self { sort, direction, owner, company, tag, created, touched };
        listing.refuse_odd_pairs(query)?;
        Ok(listing)
    }

    /// Neither an order of the table nor the search has these together.
    fn refuse_odd_pairs(&self, query: &Query) -> Result<(), Failure> {
        let mut faults = Faults::default();
        let odd: &[&str] = match self.sort {
            SortBy::Created | SortBy::Updated => &["touched_after", "touched_before"],
            SortBy::LastTouched => &["owner_id", "company_id", "tag", "created_after", "created_before"],
        };
        for name in odd.iter().filter(|name| query.get(name).is_some()) {
            faults.add(*name, "not_combinable", "This does not go with the order that the list has.");
        }
        faults.into_result()
    }

    /// What tells this list from others, for its cursors.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{self:?}")
    }

    /// What the search has to list, in which order; `None` where the table has the list in order.
    #[must_use]
    pub fn filter(&self) -> Option<(Filter, search::Order)> {
        let order = match (self.sort, self.direction) {
            (SortBy::Created, Direction::Ascending) => search::Order::CreatedAscending,
            (SortBy::Created, Direction::Descending) => search::Order::CreatedDescending,
            (SortBy::Updated, Direction::Ascending) => search::Order::UpdatedAscending,
            (SortBy::Updated, Direction::Descending) => search::Order::UpdatedDescending,
            (SortBy::LastTouched, _) => return None,
        };
        let by_time_alone = self.owner.is_none() && self.created == (None, None);
        let stored = self.company.is_none() && self.tag.is_none();
        if stored && (self.sort == SortBy::Created || by_time_alone) {
            return None;
        }
        let filter = Filter {
            owner: self.owner.clone(),
            tag: self.tag.clone(),
            company_id: self.company.as_ref().map(|company| company.as_str().to_owned()),
            created_from: self.created.0,
            created_before: self.created.1,
        };
        Some((filter, order))
    }

    #[must_use]
    pub fn rows(&self) -> Rows {
        if self.sort == SortBy::LastTouched { Rows::Touches } else { Rows::Contacts }
    }

    /// The list's stretch from its beginning.
    #[must_use]
    pub fn stretch(&self, keys: Keys<'_>, limit: u8) -> Stretch {
        let id = |time: &UtcTime| ContactId::first_at(*time).as_str().to_owned();
        let last_before = |time: &UtcTime| time.plus_milliseconds(-1).to_string();
        let created = (self.created.0.as_ref().map(id), self.created.1.as_ref().map(id));
        let (order, partition, between) = match (self.sort, &self.owner) {
            (SortBy::Created, None) => (Order::Table, keys.contacts(), created),
            (SortBy::Created, Some(owner)) => (Order::FirstIndex, keys.contacts_of_owner(owner), created),
            (SortBy::Updated, _) => (Order::SecondIndex, keys.contacts_by_update(), (None, None)),
            (SortBy::LastTouched, _) => {
                let (from, before) = &self.touched;
                let between = (from.as_ref().map(ToString::to_string), before.as_ref().map(last_before));
                (Order::SecondIndex, keys.touches_by_time(), between)
            }
        };
        Stretch { order, partition, between, direction: self.direction, limit, after: None }
    }
}

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

/// A list as it was asked for.
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    from: Option<UtcTime>,
    before: Option<UtcTime>,
}

/// Where a list is read.
#[derive(Debug)]
pub enum Source {
    /// A stretch of one partition of the table holds nothing else.
    Table,
    /// A stretch of touches, of which those count that pass in the memory of the search.
    Touches(Filter),
    /// The memory of the search; it knows no touches, so a span of them is looked up beside it.
    Search(Filter, search::Order),
}

/// What the rows of a stretch are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    Contacts,
    Touches,
}

impl Listing {
    /// [`Failure::Invalid`] naming the parameters that are wrong.
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
        let created = Span { from: time("created_after"), before: time("created_before") };
        let touched = Span { from: time("touched_after"), before: time("touched_before") };
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
        let default = if touched.is_all() { "-created" } else { "-last_touched" };
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
        Ok(Self { sort, direction, owner, company, tag, created, touched })
    }

    /// What tells this list from others, for its cursors.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{self:?}")
    }

    #[must_use]
    pub fn source(&self) -> Source {
        let stored = self.company.is_none() && self.tag.is_none();
        let by_time_alone = stored && self.owner.is_none() && self.created.is_all();
        let filter = || Filter {
            owner: self.owner.clone(),
            tag: self.tag.clone(),
            company_id: self.company.as_ref().map(|company| company.as_str().to_owned()),
            created_from: self.created.from,
            created_before: self.created.before,
            among: None,
        };
        let is_ascending = self.direction == Direction::Ascending;
        match self.sort {
            SortBy::LastTouched if by_time_alone => Source::Table,
            SortBy::LastTouched => Source::Touches(filter()),
            SortBy::Created if stored && self.touched.is_all() => Source::Table,
            SortBy::Created if is_ascending => Source::Search(filter(), search::Order::CreatedAscending),
            SortBy::Created => Source::Search(filter(), search::Order::CreatedDescending),
            SortBy::Updated if by_time_alone && self.touched.is_all() => Source::Table,
            SortBy::Updated if is_ascending => Source::Search(filter(), search::Order::UpdatedAscending),
            SortBy::Updated => Source::Search(filter(), search::Order::UpdatedDescending),
        }
    }

    /// When its contacts were last touched.
    #[must_use]
    pub fn touched_within(&self) -> Span {
        self.touched
    }

    /// Whether the contacts of this user belong on it.
    #[must_use]
    pub fn is_of(&self, owner: &UserId) -> bool {
        self.owner.as_ref().is_none_or(|wanted| wanted == owner)
    }

    #[must_use]
    pub fn rows(&self) -> Rows {
        if self.sort == SortBy::LastTouched { Rows::Touches } else { Rows::Contacts }
    }

    /// The list's stretch from its beginning.
    #[must_use]
    pub fn stretch(&self, keys: Keys<'_>, limit: u8) -> Stretch {
        let id = |time: &UtcTime| ContactId::first_at(*time).as_str().to_owned();
        let created = (self.created.from.as_ref().map(id), self.created.before.as_ref().map(id));
        let (order, partition, between) = match (self.sort, &self.owner) {
            (SortBy::Created, None) => (Order::Table, keys.contacts(), created),
            (SortBy::Created, Some(owner)) => (Order::FirstIndex, keys.contacts_of_owner(owner), created),
            (SortBy::Updated, _) => (Order::SecondIndex, keys.contacts_by_update(), (None, None)),
            (SortBy::LastTouched, _) => return self.touches(keys, limit),
        };
        Stretch { order, partition, between, direction: self.direction, limit, after: None }
    }

    /// The touches of its span, from their beginning.
    #[must_use]
    pub fn touches(&self, keys: Keys<'_>, limit: u8) -> Stretch {
        let last_before = |time: UtcTime| time.plus_milliseconds(-1).to_string();
        let Span { from, before } = self.touched;
        Stretch {
            order: Order::SecondIndex,
            partition: keys.touches_by_time(),
            between: (from.map(|time| time.to_string()), before.map(last_before)),
            direction: self.direction,
            limit,
            after: None,
        }
    }
}

impl Span {
    /// Whether it bounds nothing.
    #[must_use]
    pub fn is_all(self) -> bool {
        self == Self::default()
    }

    #[must_use]
    pub fn holds(self, time: UtcTime) -> bool {
        self.from.is_none_or(|from| time >= from) && self.before.is_none_or(|before| time < before)
    }
}

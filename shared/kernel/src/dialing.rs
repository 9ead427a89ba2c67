//! What may be dialed: a number's country, and what kind of number it is.

use phonenumber::{Type, country, metadata::DATABASE};

use crate::phone::PhoneNumber;

/// What is rung in an emergency, somewhere. None of them is a number in E.164; whoever means one has to use a telephone.
const EMERGENCY_NUMBERS: [&str; 27] = [
    "000", "100", "101", "102", "103", "104", "108", "110", "111", "112", "113", "114", "115", "116", "117",
    "118", "119", "122", "123", "190", "191", "192", "193", "911", "988", "995", "999",
];

/// A country by its two capitals of ISO 3166 that has a numbering plan of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(String);

impl Country {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = text.len() == 2 && text.parse::<country::Id>().is_ok_and(|id| id.as_ref() == text);
        known.then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Country {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a country")
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.0
    }
}

/// Whether `text` means an emergency service, with or without a country before it.
#[must_use]
pub fn is_emergency(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let short = |digits: &str| EMERGENCY_NUMBERS.contains(&digits);
    short(&digits)
        || (text.trim_start().starts_with('+')
            && (1..=3).any(|length| digits.get(length..).is_some_and(short)))
}

impl PhoneNumber {
    /// The country whose numbering plan holds the number; `None` for networks that belong to none, such as satellites'.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        let number = phonenumber::parse(None, self.e164()).ok()?;
        number.country().id().map(|id| Country(id.as_ref().to_owned()))
    }

    /// Whether calling it costs more than a call: the callee earns from it.
    #[must_use]
    pub fn is_premium(&self) -> bool {
        phonenumber::parse(None, self.e164())
            .is_ok_and(|number| matches!(number.number_type(&DATABASE), Type::PremiumRate | Type::SharedCost))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text, None).unwrap()
    }

    #[test]
    fn a_number_has_the_country_of_its_plan() {
        for (text, country) in
            [("+14155550132", "US"), ("+16135550132", "CA"), ("+4930901820", "DE"), ("+442079460958", "GB")]
        {
            assert_eq!(number(text).country().unwrap().as_str(), country, "{text}");
        }
    }

    #[test]
    fn countries_are_those_of_iso_3166() {
        assert!(Country::parse("US").is_some() && Country::parse("GB").is_some());
        for text in ["UK", "us", "USA", "", "XX", "1"] {
            assert_eq!(Country::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_costs_extra_is_told_from_what_does_not() {
        for text in ["+19002345678", "+449098790879", "+499001234567"] {
            assert!(number(text).is_premium(), "{text}");
        }
        for text in ["+14155550132", "+18002345678", "+442079460958"] {
            assert!(!number(text).is_premium(), "{text}");
        }
    }

    #[test]
    fn emergency_numbers_are_known_in_any_spelling() {
        for text in ["911", "112", "9-1-1", "+1911", "+44 999", "+49112", " 9 9 9 "] {
            assert!(is_emergency(text), "{text}");
        }
        for text in ["+14155550132", "4155550911", "", "+", "9111", "+4930901820"] {
            assert!(!is_emergency(text), "{text}");
        }
    }
}

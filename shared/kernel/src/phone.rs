//! Telephone numbers.

use std::fmt;

use phonenumber::{Mode, country};
use serde::{Deserialize, Serialize};

/// A number of the public network in E.164 (`+14155550132`) beside the text it was read from.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber {
    e164: String,
    raw: String,
    extension: Option<String>,
}

impl PhoneNumber {
    const MAX_LENGTH: usize = 64;

    /// Reads any human form. Without a leading `+` the number is taken as one of `default_country` (ISO 3166 alpha-2), and
    /// refused where there is none. `None` also for what the numbering plan of its country does not hold.
    #[must_use]
    pub fn parse(text: &str, default_country: Option<&str>) -> Option<Self> {
        let raw = text.trim();
        // The numbering plans take milliseconds to load: a text that cannot be a number must not cost that.
        let plausible = raw.len() <= Self::MAX_LENGTH && raw.bytes().filter(u8::is_ascii_digit).count() >= 4;
        if !plausible || (default_country.is_none() && !raw.starts_with('+')) {
            return None;
        }
        let country: Option<country::Id> = default_country.and_then(|code| code.parse().ok());
        let number = phonenumber::parse(country, raw).ok().filter(phonenumber::is_valid)?;
        let extension = number.extension().map(|extension| extension.as_ref().to_owned());
        Some(Self { e164: number.format().mode(Mode::E164).to_string(), raw: raw.to_owned(), extension })
    }

    /// `+` and digits only.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// As it was written.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Digits behind the number that a switchboard asks for.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }
}

/// A contact's number inside a sealed record. The contacts domain writes it, the calls domain reads whom to ring.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneRecord {
    pub e164: String,
    pub raw: String,
    /// `mobile`, `work`, `home` or `other`.
    pub kind: String,
    pub extension: Option<String>,
}

impl PhoneRecord {
    /// The number, taken as it stands: it was parsed before it was sealed.
    #[must_use]
    pub fn number(&self) -> PhoneNumber {
        PhoneNumber { e164: self.e164.clone(), raw: self.raw.clone(), extension: self.extension.clone() }
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PhoneNumber(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn e164(text: &str, country: Option<&str>) -> Option<String> {
        PhoneNumber::parse(text, country).map(|number| number.e164)
    }

    #[test]
    fn human_forms_of_one_number_have_one_e164() {
        for text in
            ["(415) 555-0132", "415.555.0132", "+1 415-555-0132", "+14155550132", " 1 (415) 555 0132 "]
        {
            assert_eq!(e164(text, Some("US")).as_deref(), Some("+14155550132"), "{text}");
        }
        assert_eq!(e164("030 901820", Some("DE")).as_deref(), Some("+4930901820"));
    }

    #[test]
    fn an_extension_is_kept_apart() {
        let number = PhoneNumber::parse("+1 415 555 0132 ext. 42", None).unwrap();
        assert_eq!((number.e164(), number.extension()), ("+14155550132", Some("42")));
    }

    #[test]
    fn what_no_plan_holds_is_refused() {
        for text in ["", "+", "abc", "+1", "+1415555", "+999123456789", "4155550132", "+1415555013200000"] {
            assert_eq!(e164(text, None), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn e164_is_plus_and_at_most_fifteen_digits(text in "[+0-9 ()x.-]{0,24}") {
            if let Some(number) = PhoneNumber::parse(&text, Some("US")) {
                prop_assert!(number.e164().starts_with('+'));
                prop_assert!(number.e164()[1..].len() <= 15 && number.e164()[1..].bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert_eq!(e164(number.e164(), None), Some(number.e164().to_owned()));
            }
        }
    }
}

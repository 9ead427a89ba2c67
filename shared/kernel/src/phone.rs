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

    /// Reads any human form. A number without its country (no leading `+`, and no international prefix such as `00`) is
    /// taken as one of `default_country` (ISO 3166 alpha-2), and refused where there is none. `None` also for what the
    /// numbering plan of its country does not hold. A Brazilian mobile written without its ninth digit gets it.
    #[must_use]
    pub fn parse(text: &str, default_country: Option<&str>) -> Option<Self> {
        let raw = text.trim();
        // The numbering plans take milliseconds to load: a text that cannot be a number must not cost that.
        let plain = in_plain_digits(raw);
        let plausible =
            raw.len() <= Self::MAX_LENGTH && plain.bytes().filter(u8::is_ascii_digit).count() >= 4;
        let printable = !raw.chars().any(char::is_control);
        if !plausible || !printable || (default_country.is_none() && !plain.starts_with('+')) {
            return None;
        }
        let country: Option<country::Id> = default_country.and_then(|code| code.parse().ok());
        let number = phonenumber::parse(country, &plain).ok()?;
        let extension = number.extension().map(|extension| extension.as_ref().to_owned());
        let e164 = number.format().mode(Mode::E164).to_string();
        let e164 = match with_ninth_digit(&e164) {
            Some(modern) => {
                phonenumber::parse(None, &modern).is_ok_and(|number| number.is_valid()).then_some(modern)?
            }
            None if phonenumber::is_valid(&number) => e164,
            None => return None,
        };
        Some(Self { e164, raw: raw.to_owned(), extension })
    }

    /// The number alone, for whoever keeps the extension beside it.
    #[must_use]
    pub fn without_extension(self) -> Self {
        Self { extension: None, ..self }
    }

    /// What equality goes by, whichever form a number arrives in: E.164, for Brazilian mobiles with the ninth digit.
    #[must_use]
    pub fn canonical(e164: &str) -> String {
        with_ninth_digit(e164).unwrap_or_else(|| e164.to_owned())
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

/// The text with full-width, Arabic, Persian and Indian digits as ASCII ones, and RFC 3966's mark of an extension as a word.
fn in_plain_digits(text: &str) -> String {
    let plain = |character: char| {
        let zero = ['\u{ff10}', '\u{660}', '\u{6f0}', '\u{966}']
            .into_iter()
            .find(|zero| (*zero..).take(10).any(|digit| digit == character));
        match zero {
            Some(zero) => char::from_digit(u32::from(character) - u32::from(zero), 10).unwrap_or(character),
            None if character == '\u{ff0b}' => '+',
            None => character,
        }
    };
    text.chars().map(plain).collect::<String>().replace(";ext=", " ext ")
}

/// Brazil's mobiles have nine digits behind the area code since 2016, the first of them a 9. Address books and some carriers
/// still leave it out: eight digits of which the first is 6 to 9 (2 to 5 begin landlines). `None` for every other number.
fn with_ninth_digit(e164: &str) -> Option<String> {
    let national = e164.strip_prefix("+55").filter(|national| national.len() == 10 && national.is_ascii())?;
    let (area, subscriber) = national.split_at(2);
    matches!(subscriber.as_bytes()[0], b'6'..=b'9').then(|| format!("+55{area}9{subscriber}"))
}

/// A contact's number inside a sealed record. The contacts domain writes it, the calls domain reads whom to ring.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneRecord {
    pub e164: String,
    pub raw: String,
    /// `mobile`, `work`, `home` or `other`.
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// `valid` or `invalid`; nothing where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Whether the carrier or the person refuses text messages from the tenant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sms_blocked: bool,
}

impl PhoneRecord {
    /// The number, taken as it stands: it was parsed before it was sealed. The extension stands beside it.
    #[must_use]
    pub fn number(&self) -> PhoneNumber {
        PhoneNumber { e164: self.e164.clone(), raw: self.raw.clone(), extension: None }
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
        for text in
            ["(415) 555-0132 x42", "415-555-0132 extension 42", "+14155550132;ext=42", "415 555 0132 #42"]
        {
            let number = PhoneNumber::parse(text, Some("US")).unwrap();
            assert_eq!((number.e164(), number.extension()), ("+14155550132", Some("42")), "{text}");
        }
    }

    #[test]
    fn a_brazilian_mobile_is_one_number_with_and_without_its_ninth_digit() {
        for text in
            ["+55 11 98765-4321", "+55 11 8765-4321", "(11) 8765-4321", "(11) 98765-4321", "011 98765 4321"]
        {
            assert_eq!(e164(text, Some("BR")).as_deref(), Some("+5511987654321"), "{text}");
        }
        assert_eq!(PhoneNumber::canonical("+551187654321"), "+5511987654321");
        for landline in ["+551132654321", "+14155550132", "+5511987654321", "+55é1187654", ""] {
            assert_eq!(PhoneNumber::canonical(landline), landline);
        }
        assert_eq!(e164("+55 11 3265-4321", None).as_deref(), Some("+551132654321"));
    }

    #[test]
    fn a_country_gives_meaning_to_its_own_prefixes() {
        assert_eq!(e164("0044 20 7946 0018", Some("DE")).as_deref(), Some("+442079460018"));
        assert_eq!(e164("011 44 20 7946 0018", Some("US")).as_deref(), Some("+442079460018"));
        assert_eq!(e164("020 7946 0018", Some("GB")).as_deref(), Some("+442079460018"));
        for text in ["０２０ 7946 0018", "+٤٤ ٢٠ ٧٩٤٦ ٠٠١٨", "＋44 (0)20 7946 0018", "+४४ २० ७९४६ ००१८"]
        {
            assert_eq!(e164(text, Some("GB")).as_deref(), Some("+442079460018"), "{text}");
        }
        assert_eq!(e164("(415) 555\u{7}0132", Some("US")), None);
    }

    #[test]
    fn what_no_plan_holds_is_refused() {
        for text in ["", "+", "abc", "+1", "+1415555", "+999123456789", "4155550132", "+1415555013200000"] {
            assert_eq!(e164(text, None), None, "{text}");
        }
    }

    /// What looks like a number, what nearly does, and anything.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[+0-9 ()x.-]{0,24}", "[+0-9a-z;=:/*#٣４ \\u{200e}]{0,40}", any::<String>()]
    }

    proptest! {
        #[test]
        fn e164_is_plus_and_at_most_fifteen_digits(text in text()) {
            if let Some(number) = PhoneNumber::parse(&text, Some("US")) {
                prop_assert!(number.e164().starts_with('+'));
                prop_assert!(number.e164()[1..].len() <= 15 && number.e164()[1..].bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert_eq!(e164(number.e164(), None), Some(number.e164().to_owned()));
            }
        }
    }
}

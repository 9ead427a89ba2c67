//! The telephone numbers of a contact.

use kernel::{Faults, PhoneNumber};
use serde::{Deserialize, Serialize};

use super::text::{at_most, repeated};
use crate::merge_patch::Member;

pub(super) const MOST: usize = 10;
const MAX_EXTENSION: usize = 10;

macro_rules! words {
    ($(#[$documentation:meta])* $name:ident { $($(#[$attribute:meta])* $variant:ident => $word:literal),+ $(,)? }) => {
        $(#[$documentation])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$attribute])* $variant),+ }

        impl $name {
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                [$(Self::$variant),+].into_iter().find(|known| known.as_str() == text)
            }
        }
    };
}

words!(PhoneType { Mobile => "mobile", Work => "work", Home => "home", Other => "other" });
words!(
    /// Whether anybody is reached there, as far as is known.
    PhoneStatus { Unknown => "unknown", Valid => "valid", Invalid => "invalid" }
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    pub number: PhoneNumber,
    pub kind: PhoneType,
    pub extension: Option<String>,
    pub status: PhoneStatus,
    /// Whether text messages to it are refused.
    pub sms_blocked: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneInput {
    number: String,
    r#type: PhoneType,
    #[serde(default)]
    extension: Option<String>,
    #[serde(default)]
    status: Member<PhoneStatus>,
    #[serde(default)]
    sms_blocked: Member<bool>,
}

/// The numbers instead of those `before`, read as ones of `country` where they do not name theirs. What is left out about a
/// number that was there stays known.
pub fn parse(inputs: Vec<PhoneInput>, country: &str, before: &[Phone], faults: &mut Faults) -> Vec<Phone> {
    at_most("phones", inputs.len(), MOST, faults);
    let mut phones = Vec::with_capacity(inputs.len());
    for (position, input) in inputs.into_iter().take(MOST).enumerate() {
        let field = format!("phones[{position}]");
        let extension = input.extension.as_ref();
        if extension.is_some_and(|extension| extension.is_empty() || !is_extension(extension)) {
            faults.add(format!("{field}.extension"), "invalid_extension", "Up to ten digits.");
        }
        let number = PhoneNumber::parse(&input.number, Some(country));
        let Some(number) = number.filter(|number| number.extension().is_none_or(is_extension)) else {
            let message = "This is not a phone number of its country; +14155550132 names its own.";
            faults.add(format!("{field}.number"), "invalid_phone", message);
            continue;
        };
        phones.push(one(number, input, before));
    }
    let numbers = phones.iter().map(|phone| format!("{}x{:?}", phone.number.e164(), phone.extension));
    repeated("phones", numbers, faults);
    phones
}

fn one(number: PhoneNumber, input: PhoneInput, before: &[Phone]) -> Phone {
    let extension = input.extension.or_else(|| number.extension().map(str::to_owned));
    let known =
        before.iter().find(|known| known.number.e164() == number.e164() && known.extension == extension);
    let mut status = known.map(|known| known.status);
    input.status.merge(&mut status, Some);
    let mut sms_blocked = known.map(|known| known.sms_blocked);
    input.sms_blocked.merge(&mut sms_blocked, Some);
    Phone {
        extension,
        number: number.without_extension(),
        kind: input.r#type,
        status: status.unwrap_or(PhoneStatus::Unknown),
        sms_blocked: sms_blocked.unwrap_or(false),
    }
}

fn is_extension(text: impl AsRef<str>) -> bool {
    let text = text.as_ref();
    text.len() <= MAX_EXTENSION && text.bytes().all(|byte| byte.is_ascii_digit())
}

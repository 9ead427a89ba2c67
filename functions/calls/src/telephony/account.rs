//! A tenant's account at the telephony provider.

use kernel::Country;
use serde::{Deserialize, Serialize};

/// Subaccount and secrets; sealed as a whole.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelephonyAccount {
    pub account_sid: String,
    /// The one in use first; a second one while it is being rotated. Webhooks may be signed with either.
    pub auth_tokens: Vec<String>,
    /// Signs the tokens with which browsers place calls.
    pub api_key: Option<ApiKey>,
    /// The TwiML application that browsers' calls go through.
    pub application_sid: Option<String>,
    /// Where to calls may go.
    pub allowed_countries: Vec<Country>,
}

/// A key of the account's REST API.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    pub sid: String,
    pub secret: String,
}

impl TelephonyAccount {
    /// An account that can place calls over REST, and nothing beyond that yet.
    #[must_use]
    pub fn new(account_sid: String, auth_token: String, allowed_countries: Vec<Country>) -> Self {
        Self {
            account_sid,
            auth_tokens: vec![auth_token],
            api_key: None,
            application_sid: None,
            allowed_countries,
        }
    }
}

/// Whether `text` is a SID of the provider's: two letters that say of what, and 32 hexadecimal digits.
#[must_use]
pub fn is_sid(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_is_of_its_kind_or_none() {
        let digits = "0123456789abcdef0123456789abcdef";
        assert!(is_sid("AC", &format!("AC{digits}")));
        for text in [
            "",
            "AC",
            digits,
            &format!("CA{digits}"),
            &format!("AC{digits}0"),
            &format!("AC{}", "g".repeat(32)),
        ] {
            assert!(!is_sid("AC", text), "{text}");
        }
    }
}

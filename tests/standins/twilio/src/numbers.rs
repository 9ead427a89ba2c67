//! Phone numbers as callers give them, and the magic ones of Twilio's test credentials.

use crate::api_error::ApiError;

/// The one magic number that any account may use as From.
pub const MAGIC_VALID: &str = "+15005550006";

/// `+`, a country code that does not begin with 0, 8 to 15 digits in all.
pub fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// What `POST Calls` may ring: a number, a Voice SDK client or a SIP address.
pub fn is_dialable(text: &str) -> bool {
    is_e164(text)
        || text.strip_prefix("client:").is_some_and(|name| !name.is_empty())
        || text.starts_with("sip:")
}

/// `(415) 867-5309` for North America, the number itself elsewhere.
pub fn formatted(number: &str) -> String {
    match number.strip_prefix("+1") {
        Some(rest) if rest.len() == 10 && rest.is_ascii() => {
            format!("({}) {}-{}", &rest[..3], &rest[3..6], &rest[6..])
        }
        _ => number.to_owned(),
    }
}

/// The country that webhooks name: only North America's is told from the number alone.
pub fn country(number: &str) -> &'static str {
    if number.starts_with("+1") { "US" } else { "" }
}

/// Twilio's fixed answers for calls to and from its test numbers.
pub fn magic_call_refusal(to: &str, from: &str) -> Option<ApiError> {
    match (to, from) {
        ("+15005550001", _) => Some(invalid_to(to)),
        ("+15005550002", _) => Some(ApiError::refused(
            21214,
            format!("The phone number you are attempting to call, {to}, can not be reached."),
        )),
        ("+15005550003", _) => Some(ApiError::refused(
            21215,
            format!(
                "Account not authorized to call {to}. Perhaps you need to enable some international permissions."
            ),
        )),
        ("+15005550004", _) => Some(ApiError::refused(21216, format!("Account not allowed to call {to}"))),
        (_, "+15005550001") => Some(invalid_from(from)),
        _ => None,
    }
}

/// Twilio's fixed answers for messages to and from its test numbers.
pub fn magic_message_refusal(to: &str, from: &str) -> Option<ApiError> {
    match (to, from) {
        ("+15005550001", _) => Some(invalid_to(to)),
        ("+15005550002", _) => Some(ApiError::refused(
            21612,
            format!("The message From/To pair violates a gateway restriction: {from}, {to}"),
        )),
        ("+15005550003", _) => Some(ApiError::refused(
            21408,
            format!(
                "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}."
            ),
        )),
        ("+15005550004", _) => Some(opted_out()),
        ("+15005550009", _) => {
            Some(ApiError::refused(21614, format!("'To' number is not a valid mobile number: {to}")))
        }
        (_, "+15005550001") => Some(ApiError::refused(
            21212,
            format!(
                "The 'From' number {from} is not a valid phone number, shortcode, or alphanumeric sender ID."
            ),
        )),
        (_, "+15005550007") => Some(not_message_capable(from)),
        (_, "+15005550008") => Some(ApiError::refused(
            21611,
            format!("This 'From' number {from} has exceeded the maximum number of queued messages"),
        )),
        _ => None,
    }
}

pub fn invalid_to(to: &str) -> ApiError {
    ApiError::refused(21211, format!("The 'To' number {to} is not a valid phone number."))
}

pub fn invalid_from(from: &str) -> ApiError {
    ApiError::refused(21212, format!("From is not a valid phone number: {from}"))
}

/// A call's From that is a phone number but not the account's.
pub fn unverified_from(from: &str) -> ApiError {
    ApiError::refused(
        21210,
        format!(
            "The source phone number provided, {from}, is not yet verified for your account. You may only make \
             calls from phone numbers that you've verified or purchased from Twilio."
        ),
    )
}

pub fn not_message_capable(from: &str) -> ApiError {
    ApiError::refused(
        21606,
        format!(
            "The 'From' phone number provided ({from}) is not a valid message-capable Twilio phone number for this destination."
        ),
    )
}

pub fn opted_out() -> ApiError {
    ApiError::refused(21610, "Attempt to send to unsubscribed recipient")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_e164_numbers_pass() {
        for good in ["+14155550100", "+442071838750", "+4930123456"] {
            assert!(is_e164(good), "{good}");
        }
        for bad in
            ["", "+", "14155550100", "+0800918468", "+1415555010x", "+1 415 555 0100", "+1234567890123456"]
        {
            assert!(!is_e164(bad), "{bad}");
        }
    }

    #[test]
    fn north_american_numbers_are_formatted_for_display() {
        assert_eq!(formatted("+14158675309"), "(415) 867-5309");
        assert_eq!(formatted("+442071838750"), "+442071838750");
    }
}

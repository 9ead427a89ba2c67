//! What an authenticator app is set up with.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::outcome::Challenge;

/// What an app shows beside the code.
const ISSUER: &str = "Sales Engagement Platform";

/// A secret, and the session that confirms it.
#[derive(Serialize)]
pub(crate) struct EnrolmentView {
    /// Where setting up is part of signing in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) challenge: Option<Challenge>,
    /// Base32.
    pub(crate) secret: String,
    pub(crate) otpauth_uri: String,
    pub(crate) session: String,
    /// Seconds for which `session` holds.
    pub(crate) expires_in: i64,
}

/// The form that authenticator apps read from a QR code; algorithm, digits and period are the usual ones (RFC 6238).
pub(crate) fn otpauth_uri(email: &str, secret: &str) -> String {
    let (issuer, account) = (percent_encoded(ISSUER), percent_encoded(email));
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
}

/// All but the unreserved characters of RFC 3986 are encoded; apps do not read `+` as a blank.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uri_reads_as_apps_expect() {
        assert_eq!(
            otpauth_uri("first.last+tag@alpha.example", "JBSWY3DPEHPK3PXP"),
            "otpauth://totp/Sales%20Engagement%20Platform:first.last%2Btag%40alpha.example\
             ?secret=JBSWY3DPEHPK3PXP&issuer=Sales%20Engagement%20Platform"
        );
        assert!(otpauth_uri("käthe@x.example", "A").contains("k%C3%A4the%40x.example"));
    }
}

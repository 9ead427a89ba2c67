//! Signatures of Twilio's webhooks: base64 of HMAC-SHA1, under the account's auth token, over the public URL followed by
//! every form parameter, sorted, names before values (Twilio, "Validating requests are coming from Twilio").

use aws_lc_rs::{digest, hmac};
use base64::{Engine, prelude::BASE64_STANDARD};
use url::Url;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the request is not signed")]
    Missing,
    #[error("the signature does not hold")]
    Wrong,
}

/// The pairs of a form-encoded body; `None` where it is not one.
#[must_use]
pub fn signed_form(body: &[u8]) -> Option<Vec<(String, String)>> {
    serde_urlencoded::from_bytes(body).ok()
}

/// Whether `text` has the form of a signature: 20 bytes in base64.
#[must_use]
pub fn plausible_signature(text: &str) -> bool {
    BASE64_STANDARD.decode(text).is_ok_and(|bytes| bytes.len() == digest::SHA1_OUTPUT_LEN)
}

/// Whether `signature` is one of `url` and `body` under one of `auth_tokens` (two are valid during a rotation).
///
/// `url` is the public one, built from configuration and never from a Host header. A form's parameters are signed
/// themselves; of any other body, the URL carries the SHA-256 as `bodySHA256`, without which nothing vouches for the body.
pub fn signature_holds(
    auth_tokens: &[&str],
    url: &str,
    is_form: bool,
    body: &[u8],
    signature: Option<&str>,
) -> Result<(), SignatureError> {
    let signature = signature.ok_or(SignatureError::Missing)?;
    let signature = BASE64_STANDARD.decode(signature).map_err(|_| SignatureError::Wrong)?;
    let parameters = if is_form { signed_form(body).ok_or(SignatureError::Wrong)? } else { Vec::new() };
    if !is_form && !body_digest_holds(url, body) {
        return Err(SignatureError::Wrong);
    }
    let holds = auth_tokens.iter().any(|token| {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
        spellings(url)
            .iter()
            .any(|url| hmac::verify(&key, signed_text(url, &parameters).as_bytes(), &signature).is_ok())
    });
    if holds { Ok(()) } else { Err(SignatureError::Wrong) }
}

/// Each name followed by its values, both sorted and values that repeat under a name taken once.
fn signed_text(url: &str, parameters: &[(String, String)]) -> String {
    let unique: std::collections::BTreeSet<_> = parameters.iter().collect();
    let mut text = url.to_owned();
    for (name, value) in unique {
        text.push_str(name);
        text.push_str(value);
    }
    text
}

/// Twilio signs the URL with its default port or without it, depending on the product.
fn spellings(url: &str) -> Vec<String> {
    let mut spellings = vec![url.to_owned()];
    let Ok(parsed) = Url::parse(url) else { return spellings };
    let Some(host) = parsed.host_str() else { return spellings };
    let authority = |port: Option<u16>| port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let Some(rest) =
        url.split_once("://").map(|(_, rest)| rest.find(['/', '?']).map_or("", |at| &rest[at..]))
    else {
        return spellings;
    };
    for port in [None, parsed.port_or_known_default()] {
        spellings.push(format!("{}://{}{rest}", parsed.scheme(), authority(port)));
    }
    spellings
}

fn body_digest_holds(url: &str, body: &[u8]) -> bool {
    let hex = hex::encode(digest::digest(&digest::SHA256, body));
    Url::parse(url)
        .is_ok_and(|url| url.query_pairs().any(|(name, value)| name == "bodySHA256" && value == hex.as_str()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sign(token: &str, text: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
        BASE64_STANDARD.encode(hmac::sign(&key, text.as_bytes()))
    }

    const URL: &str = "https://example.com/v1/webhooks/twilio/tnt_a/voice-status?call_id=call_1";

    #[test]
    fn a_form_is_signed_by_url_and_sorted_parameters() {
        let signature = sign("token", &format!("{URL}A1B2"));
        let check = |tokens: &[&str], body: &str| {
            signature_holds(tokens, URL, true, body.as_bytes(), Some(&signature))
        };
        assert_eq!(check(&["token"], "B=2&A=1"), Ok(()));
        assert_eq!(check(&["old", "token"], "B=2&A=1"), Ok(()));
        assert_eq!(check(&["other"], "B=2&A=1"), Err(SignatureError::Wrong));
        assert_eq!(check(&["token"], "B=3&A=1"), Err(SignatureError::Wrong));
        assert_eq!(check(&[], "B=2&A=1"), Err(SignatureError::Wrong));
        assert_eq!(signature_holds(&["token"], URL, true, b"", None), Err(SignatureError::Missing));
    }

    #[test]
    fn a_default_port_may_be_written_or_not() {
        let with_port = "https://example.com:443/v1/x";
        let signature = sign("token", with_port);
        assert_eq!(
            signature_holds(&["token"], "https://example.com/v1/x", true, b"", Some(&signature)),
            Ok(())
        );
    }

    #[test]
    fn a_body_that_is_no_form_needs_its_digest_in_the_url() {
        let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"; // of {}
        let with_digest = format!("{URL}&bodySHA256={digest}");
        let check =
            |url: &str, body: &[u8]| signature_holds(&["token"], url, false, body, Some(&sign("token", url)));
        assert_eq!(check(&with_digest, b"{}"), Ok(()));
        assert_eq!(check(&with_digest, b"{\"a\":1}"), Err(SignatureError::Wrong));
        assert_eq!(check(URL, b"{}"), Err(SignatureError::Wrong));
        assert_eq!(check(URL, b""), Err(SignatureError::Wrong));
    }

    proptest! {
        #[test]
        fn no_arbitrary_signature_holds(signature in "\\PC{0,40}", body in "\\PC{0,40}") {
            prop_assert!(signature_holds(&["token"], URL, true, body.as_bytes(), Some(&signature)).is_err());
        }
    }
}

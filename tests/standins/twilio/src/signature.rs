//! `X-Twilio-Signature`: base64(HMAC-SHA1(auth token, URL + every parameter's name and value, sorted)).

use aws_lc_rs::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Signs a form-encoded webhook. `url` is the URL as the application gave it, query included; a repeated name
/// counts once per distinct value. A GET carries its parameters in the URL, so `params` is empty then.
pub fn sign(auth_token: &str, url: &str, params: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = params.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut text = url.to_owned();
    for (name, value) in sorted {
        text.push_str(name);
        text.push_str(value);
    }
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes());
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn pairs(params: &Value) -> Vec<(String, String)> {
        let Some(params) = params.as_object() else { return Vec::new() };
        params
            .iter()
            .flat_map(|(name, value)| {
                let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                values
                    .into_iter()
                    .map(move |value| (name.clone(), value.as_str().expect("a string").to_owned()))
            })
            .collect()
    }

    /// The file is what the official Python library computes (`tests/make_vectors.py`).
    #[test]
    fn signatures_equal_the_official_librarys() {
        let vectors: Vec<Value> =
            serde_json::from_str(include_str!("../tests/vectors.json")).expect("the vectors are JSON");
        assert!(vectors.len() >= 10);
        for vector in &vectors {
            let text = |name: &str| vector[name].as_str().expect("a string");
            assert_eq!(
                sign(text("token"), text("url"), &pairs(&vector["params"])),
                text("signature"),
                "{}",
                text("name")
            );
        }
    }
}

//! The signatures of Twilio's official library, as the stand-in's tests keep them.

use std::fmt::Write;

use lambda::{SignatureError, signature_holds};
use serde::Deserialize;
use serde_json::{Map, Value};

const VECTORS: &str = include_str!("../../../../tests/standins/twilio/tests/vectors.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    token: String,
    url: String,
    /// A name that stands several times has an array of values.
    params: Map<String, Value>,
    /// A JSON body, whose digest the URL carries.
    body: Option<String>,
    signature: String,
}

impl Vector {
    fn body(&self) -> Vec<u8> {
        if let Some(body) = &self.body {
            return body.clone().into_bytes();
        }
        let pairs = self.params.iter().flat_map(|(name, value)| {
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            values.into_iter().map(move |value| (name.clone(), value.as_str().unwrap().to_owned()))
        });
        serde_urlencoded::to_string(pairs.collect::<Vec<_>>()).unwrap().into_bytes()
    }

    fn check(
        &self,
        token: &str,
        url: &str,
        body: &[u8],
        signature: Option<&str>,
    ) -> Result<(), SignatureError> {
        signature_holds(&[token], url, self.body.is_none(), body, signature)
    }
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(VECTORS).unwrap()
}

#[test]
fn what_the_official_library_signs_holds() {
    for vector in vectors() {
        let outcome = vector.check(&vector.token, &vector.url, &vector.body(), Some(&vector.signature));
        assert_eq!(outcome, Ok(()), "{}", vector.name);
    }
    assert!(vectors().len() >= 10, "there are vectors");
    assert!(vectors().iter().any(|vector| vector.body.is_some()), "one of them signs a JSON body");
}

#[test]
fn nothing_but_that_holds() {
    for vector in vectors() {
        let (body, good) = (vector.body(), vector.signature.as_str());
        let mut longer = body.clone();
        longer.extend(if vector.body.is_some() { b" ".as_slice() } else { b"&Extra=1" });
        let mut bent = good.to_owned();
        bent.replace_range(..1, if good.starts_with('A') { "B" } else { "A" });
        let mut elsewhere = vector.url.clone();
        write!(elsewhere, "{}x=y", if vector.url.contains('?') { '&' } else { '?' }).unwrap();
        let other_token = format!("{}0", vector.token);
        for (about, outcome) in [
            ("another token", vector.check(&other_token, &vector.url, &body, Some(good))),
            ("another URL", vector.check(&vector.token, &elsewhere, &body, Some(good))),
            ("another body", vector.check(&vector.token, &vector.url, &longer, Some(good))),
            ("another signature", vector.check(&vector.token, &vector.url, &body, Some(&bent))),
            ("a signature cut short", vector.check(&vector.token, &vector.url, &body, Some(&good[..8]))),
            ("no base64", vector.check(&vector.token, &vector.url, &body, Some("not base64!"))),
            ("an empty signature", vector.check(&vector.token, &vector.url, &body, Some(""))),
        ] {
            assert_eq!(outcome, Err(SignatureError::Wrong), "{} with {about}", vector.name);
        }
        let missing = vector.check(&vector.token, &vector.url, &body, None);
        assert_eq!(missing, Err(SignatureError::Missing), "{}", vector.name);
    }
}

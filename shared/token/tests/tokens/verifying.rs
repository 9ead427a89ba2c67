use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kernel::{Ambient, SystemAmbient};
use serde_json::{Value, json};
use token::{TokenError, TokenVerifier};

use crate::issuer::{CLIENT, ISSUER, Issuer, Key};

/// What an access token of the pool says, with some of it changed; null leaves a claim out.
fn claims(changes: &Value) -> Value {
    let now = SystemAmbient.now().as_second();
    let mut claims = json!({
        "iss": ISSUER, "client_id": CLIENT, "token_use": "access", "sub": "subject", "username": "subject",
        "exp": now + 3600, "iat": now, "auth_time": now, "jti": "token", "origin_jti": "sign-in", "scope": "",
        "tenant_id": "tnt_a", "user_id": "usr_01jd0000000000000000000000", "role": "rep", "session_epoch": "3",
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

async fn is_refused(verifier: &TokenVerifier, token: &str) -> bool {
    matches!(verifier.verify(token).await, Err(TokenError::Invalid))
}

#[tokio::test]
async fn a_token_of_the_pool_is_taken_and_read() {
    let key = Key::new("first");
    let issuer = Issuer::publishing(&[&Key::new("other"), &key]).await;
    let read = issuer.verifier().verify(&key.sign(&claims(&json!({})))).await.unwrap();
    assert_eq!(
        (read.sub.as_str(), read.tenant_id.as_str(), read.session_epoch.as_str()),
        ("subject", "tnt_a", "3")
    );
}

#[tokio::test]
async fn a_token_that_says_something_else_is_refused() {
    let key = Key::new("first");
    let issuer = Issuer::publishing(&[&key]).await;
    let verifier = issuer.verifier();
    let now = SystemAmbient.now().as_second();
    for changes in [
        json!({ "exp": now - 6 }),
        json!({ "exp": null }),
        json!({ "exp": "tomorrow" }),
        json!({ "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other" }),
        json!({ "iss": null }),
        json!({ "client_id": "another" }),
        json!({ "client_id": null }),
        json!({ "client_id": [CLIENT] }),
        json!({ "token_use": "id", "aud": CLIENT }),
        json!({ "token_use": null }),
        json!({ "sub": null }),
        json!({ "tenant_id": null }),
        json!({ "session_epoch": null }),
    ] {
        assert!(is_refused(&verifier, &key.sign(&claims(&changes))).await, "{changes}");
    }
    // Clocks may differ by a little.
    assert!(verifier.verify(&key.sign(&claims(&json!({ "exp": now - 1 })))).await.is_ok());
}

#[tokio::test]
async fn a_token_that_the_pool_has_not_signed_is_refused() {
    let (key, foreign) = (Key::new("first"), Key::new("first"));
    let issuer = Issuer::publishing(&[&key]).await;
    let verifier = issuer.verifier();
    let good = key.sign(&claims(&json!({})));
    let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let hmac = |secret: &[u8]| {
        let header = Header { kid: Some("first".to_owned()), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims(&json!({})), &EncodingKey::from_secret(secret)).unwrap()
    };
    let signed_with = |algorithm| {
        let header = Header { alg: algorithm, ..key.header() };
        encode(&header, &claims(&json!({})), &key.private).unwrap()
    };
    for (about, token) in [
        ("a key of one's own", foreign.sign(&claims(&json!({})))),
        ("alg none", format!("{}.{body}.", part(&json!({ "alg": "none", "kid": "first" })))),
        (
            "alg none with a signature",
            format!("{}.{body}.{signature}", part(&json!({ "alg": "none", "kid": "first" }))),
        ),
        ("alg None", format!("{}.{body}.", part(&json!({ "alg": "None", "kid": "first" })))),
        ("HS256 with the public key's DER", hmac(&key.public)),
        ("HS256 with the public key's PEM", hmac(key.public_pem().as_bytes())),
        ("HS256 with nothing", hmac(b"")),
        ("RS384 by the right key", signed_with(Algorithm::RS384)),
        ("PS256 by the right key", signed_with(Algorithm::PS256)),
        (
            "no key id",
            encode(&Header { kid: None, ..key.header() }, &claims(&json!({})), &key.private).unwrap(),
        ),
        ("no signature", format!("{head}.{body}.")),
        ("other claims", format!("{head}.{}.{signature}", part(&claims(&json!({ "role": "admin" }))))),
        ("cut short", good[..good.len() - 4].to_owned()),
        ("nothing", String::new()),
        ("nonsense", "a.b.c".to_owned()),
    ] {
        assert!(is_refused(&verifier, &token).await, "{about}");
    }
    assert!(verifier.verify(&good).await.is_ok());
}

#[tokio::test]
async fn unknown_key_ids_do_not_make_the_pool_be_asked_again_within_a_minute() {
    let (key, unknown) = (Key::new("first"), Key::new("unknown"));
    let issuer = Issuer::publishing(&[&key]).await;
    let verifier = issuer.verifier();
    let token = unknown.sign(&claims(&json!({})));
    for _ in 0..50 {
        assert!(is_refused(&verifier, &token).await);
    }
    assert!(verifier.verify(&key.sign(&claims(&json!({})))).await.is_ok());
    assert_eq!(issuer.asked(), 1);
    pass(Duration::from_secs(61)).await;
    for _ in 0..50 {
        assert!(is_refused(&verifier, &token).await);
    }
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn a_new_key_of_the_pool_is_found_and_a_withdrawn_one_forgotten() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let issuer = Issuer::publishing(&[&old]).await;
    let verifier = issuer.verifier();
    let [by_old, by_new] = [&old, &new].map(|key| key.sign(&claims(&json!({}))));
    assert!(verifier.verify(&by_old).await.is_ok());
    issuer.publish(&[&new]);
    pass(Duration::from_secs(61)).await;
    // Known keys are not asked for again within ten minutes.
    assert!(verifier.verify(&by_old).await.is_ok());
    assert_eq!(issuer.asked(), 1);
    assert!(verifier.verify(&by_new).await.is_ok());
    assert!(is_refused(&verifier, &by_old).await);
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn a_withdrawn_key_is_forgotten_within_ten_minutes_though_no_unknown_one_turns_up() {
    let (withdrawn, kept) = (Key::new("withdrawn"), Key::new("kept"));
    let issuer = Issuer::publishing(&[&withdrawn, &kept]).await;
    let verifier = issuer.verifier();
    let [by_withdrawn, by_kept] = [&withdrawn, &kept].map(|key| key.sign(&claims(&json!({}))));
    assert!(verifier.verify(&by_withdrawn).await.is_ok());
    issuer.publish(&[&kept]);
    pass(Duration::from_secs(601)).await;
    assert!(is_refused(&verifier, &by_withdrawn).await);
    assert!(verifier.verify(&by_kept).await.is_ok());
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn keys_outlive_a_pool_that_does_not_answer_by_an_hour_at_most() {
    let key = Key::new("first");
    let issuer = Issuer::publishing(&[&key]).await;
    let verifier = issuer.verifier();
    let token = key.sign(&claims(&json!({ "exp": i64::from(i32::MAX) })));
    assert!(verifier.verify(&token).await.is_ok());
    issuer.publish(&[]);
    pass(Duration::from_mins(50)).await;
    for _ in 0..20 {
        assert!(verifier.verify(&token).await.is_ok());
    }
    assert_eq!(issuer.asked(), 2, "asked in vain once a minute at most");
    pass(Duration::from_mins(10)).await;
    assert!(matches!(verifier.verify(&token).await, Err(TokenError::KeysUnavailable(_))));
    issuer.publish(&[&key]);
    assert!(verifier.verify(&token).await.is_ok());
}

#[tokio::test]
async fn a_pool_that_does_not_answer_is_no_refusal() {
    let key = Key::new("first");
    let issuer = Issuer::publishing(&[]).await;
    let verifier = issuer.verifier();
    let token = key.sign(&claims(&json!({})));
    assert!(matches!(verifier.verify(&token).await, Err(TokenError::KeysUnavailable(_))));
    issuer.publish(&[&key]);
    assert!(verifier.verify(&token).await.is_ok());
}

/// Lets time pass for the verifier; the clock runs again afterwards, because a stopped one would end waiting for answers.
async fn pass(duration: Duration) {
    tokio::time::pause();
    tokio::time::advance(duration).await;
    tokio::time::resume();
}

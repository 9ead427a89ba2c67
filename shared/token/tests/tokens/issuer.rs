//! A user pool that publishes its keys on a local port and counts who asks.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa,
    signature::KeyPair as _,
};
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use base64::{Engine, prelude::BASE64_STANDARD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};
use token::TokenVerifier;

pub const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool";
pub const CLIENT: &str = "client";

/// A key pair with the id under which it is published.
pub struct Key {
    pub id: &'static str,
    pub private: EncodingKey,
    /// `SubjectPublicKeyInfo` in DER.
    pub public: Vec<u8>,
}

impl Key {
    pub fn new(id: &'static str) -> Self {
        let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let pem = as_pem("PRIVATE KEY", der.as_ref());
        let private = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
        Self { id, private, public: public.as_ref().to_vec() }
    }

    pub fn public_pem(&self) -> String {
        as_pem("PUBLIC KEY", &self.public)
    }

    pub fn sign(&self, claims: &Value) -> String {
        encode(&self.header(), claims, &self.private).unwrap()
    }

    pub fn header(&self) -> Header {
        Header { kid: Some(self.id.to_owned()), ..Header::new(Algorithm::RS256) }
    }

    fn published(&self) -> Value {
        let mut key = Jwk::from_encoding_key(&self.private, Algorithm::RS256).unwrap();
        key.common.key_id = Some(self.id.to_owned());
        serde_json::to_value(key).unwrap()
    }
}

/// Serves `{"keys": […]}`, or 500 where nothing is published.
pub struct Issuer {
    shared: Arc<Shared>,
    url: String,
}

#[derive(Default)]
struct Shared {
    published: Mutex<Option<Value>>,
    asked: AtomicUsize,
}

impl Issuer {
    pub async fn publishing(keys: &[&Key]) -> Self {
        let shared = Arc::new(Shared::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
        let app = Router::new().route("/jwks.json", get(answer)).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let issuer = Self { shared, url };
        issuer.publish(keys);
        issuer
    }

    pub fn publish(&self, keys: &[&Key]) {
        let keys: Vec<_> = keys.iter().map(|key| key.published()).collect();
        *self.shared.published.lock().unwrap() = (!keys.is_empty()).then(|| json!({ "keys": keys }));
    }

    /// How often the keys were asked for.
    pub fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }

    pub fn verifier(&self) -> TokenVerifier {
        TokenVerifier::new(ISSUER.to_owned(), CLIENT.to_owned(), self.url.clone())
    }
}

async fn answer(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, StatusCode> {
    shared.asked.fetch_add(1, Ordering::SeqCst);
    shared.published.lock().unwrap().clone().map(Json).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn as_pem(kind: &str, der: &[u8]) -> String {
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", BASE64_STANDARD.encode(der))
}

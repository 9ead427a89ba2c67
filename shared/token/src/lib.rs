//! Access tokens of the user pool: what makes one count, and the keys that the pool publishes for it. A crate of its own, so
//! that verifying can be measured without the rest of the edge.

use std::{sync::Arc, time::Duration};

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde::Deserialize;
use tokio::{sync::Mutex, time::Instant};

/// However many unknown key ids tokens name, the pool is not asked for its keys more often than this.
const REFRESH_INTERVAL: Duration = Duration::from_mins(1);
/// Keys older than this are fetched anew, so that one that the pool has withdrawn is not trusted for longer.
const FRESH_FOR: Duration = Duration::from_mins(10);
/// Where the pool does not answer, how old the keys may get that tokens are verified with.
const TRUSTED_FOR: Duration = Duration::from_hours(1);
/// Seconds by which clocks may differ.
const LEEWAY_SECONDS: u64 = 5;

/// What a verified access token says.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct AccessClaims {
    pub sub: String,
    client_id: String,
    token_use: String,
    /// Set by the token trigger from our table.
    pub tenant_id: String,
    pub session_epoch: String,
    /// What all tokens of one sign-in share, whenever they were refreshed.
    pub origin_jti: String,
}

#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Expired, forged, of another issuer, client, use or algorithm, or no token at all.
    #[error("the token is not valid")]
    Invalid,
    #[error("the pool's keys cannot be fetched")]
    KeysUnavailable(#[source] reqwest::Error),
}

/// Verifies RS256 access tokens of some clients of one user pool against the pool's published keys.
pub struct TokenVerifier {
    issuer: String,
    client_ids: Vec<String>,
    keys_url: String,
    client: reqwest::Client,
    keys: Mutex<Option<HeldKeys>>,
}

struct HeldKeys {
    set: Arc<JwkSet>,
    /// When the pool gave them.
    fetched: Instant,
    /// When the pool was last asked, whether or not it answered.
    asked: Instant,
}

impl TokenVerifier {
    /// # Panics
    /// Where the TLS library cannot start.
    #[must_use]
    pub fn new(issuer: String, client_id: String, keys_url: String) -> Self {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(3))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client can be built");
        Self { issuer, client_ids: vec![client_id], keys_url, client, keys: Mutex::new(None) }
    }

    /// Takes tokens of this client as well.
    #[must_use]
    pub fn accepting(mut self, client_id: String) -> Self {
        self.client_ids.push(client_id);
        self
    }

    /// The claims of `token`, provided that everything about it holds.
    pub async fn verify(&self, token: &str) -> Result<AccessClaims, TokenError> {
        let header = decode_header(token).map_err(|_| TokenError::Invalid)?;
        if header.alg != Algorithm::RS256 {
            return Err(TokenError::Invalid);
        }
        let key_id = header.kid.ok_or(TokenError::Invalid)?;
        let keys = self.keys_with(&key_id).await?;
        let key =
            keys.find(&key_id).and_then(|key| DecodingKey::from_jwk(key).ok()).ok_or(TokenError::Invalid)?;
        let claims =
            decode::<AccessClaims>(token, &key, &self.validation()).map_err(|_| TokenError::Invalid)?.claims;
        let ours = claims.token_use == "access" && self.client_ids.contains(&claims.client_id);
        if ours { Ok(claims) } else { Err(TokenError::Invalid) }
    }

    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        // Cognito's access tokens have no audience; the client stands in `client_id`.
        validation.validate_aud = false;
        validation.leeway = LEEWAY_SECONDS;
        validation
    }

    /// The held keys where they are fresh and know `key_id`; else fetched anew, unless that was tried just now. Where the pool
    /// does not answer, the keys that are held go on being used for a while.
    async fn keys_with(&self, key_id: &str) -> Result<Arc<JwkSet>, TokenError> {
        let mut held = self.keys.lock().await;
        if held.as_ref().is_some_and(|keys| keys.fetched.elapsed() >= TRUSTED_FOR) {
            *held = None;
        }
        if let Some(keys) = held.as_ref()
            && (keys.serve(key_id) || keys.asked.elapsed() < REFRESH_INTERVAL)
        {
            return Ok(keys.set.clone());
        }
        let fetched = self.fetch().await.map(Arc::new);
        let now = Instant::now();
        let keys = match (fetched, held.take()) {
            (Ok(set), _) => HeldKeys { set, fetched: now, asked: now },
            (Err(_), Some(keys)) => HeldKeys { asked: now, ..keys },
            (Err(error), None) => return Err(TokenError::KeysUnavailable(error)),
        };
        Ok(held.insert(keys).set.clone())
    }

    async fn fetch(&self) -> Result<JwkSet, reqwest::Error> {
        self.client.get(&self.keys_url).send().await?.error_for_status()?.json().await
    }
}

impl HeldKeys {
    fn serve(&self, key_id: &str) -> bool {
        self.fetched.elapsed() < FRESH_FOR && self.set.find(key_id).is_some()
    }
}

//! The user pool's own signing key, which a local stack keeps on disk. With it a test can make tokens that are wrong in one
//! respect only: what is refused is refused for that and not for its signature.

use std::fs;

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use blackbox::Stack;
use jsonwebtoken::{Algorithm, EncodingKey, Header, decode_header, encode};
use serde_json::Value;

use crate::{failed::Outcome, world::World};

pub struct PoolKey {
    key: EncodingKey,
}

impl PoolKey {
    /// The key that signs access tokens.
    pub fn of(world: &World) -> Outcome<Self> {
        Ok(Self { key: EncodingKey::from_rsa_pem(pem(world)?.as_bytes())? })
    }

    /// The same as PKCS #8 in DER.
    pub fn pkcs8(world: &World) -> Outcome<Vec<u8>> {
        let text = pem(world)?;
        let lines: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
        Ok(BASE64_STANDARD.decode(lines)?)
    }

    /// `token` with some claims changed (null removes one), signed anew.
    pub fn sign_changed(&self, token: &str, changes: &Value) -> Outcome<String> {
        Ok(encode(&header_of(token)?, &changed_claims(token, changes)?, &self.key)?)
    }
}

fn pem(world: &World) -> Outcome<String> {
    let name = format!("aws/cognito-pool-keys/{}-access.pem", world.output("UserPoolId"));
    Ok(fs::read_to_string(Stack::path().with_file_name(name))?)
}

/// An RS256 header with the key id of `token`.
pub fn header_of(token: &str) -> Outcome<Header> {
    Ok(Header { kid: decode_header(token)?.kid, ..Header::new(Algorithm::RS256) })
}

/// The claims of `token` with some of them changed; null removes one.
pub fn changed_claims(token: &str, changes: &Value) -> Outcome<Value> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let mut claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload)?)?;
    for (name, value) in changes.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    if let Some(claims) = claims.as_object_mut() {
        claims.retain(|_, value| !value.is_null());
    }
    Ok(claims)
}

//! Keys of tenants without a key service.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand,
};
use vault::{GeneratedKey, KeyError, KeyKind, KeyProvider, PlainKey, WrappedKey};

/// Wraps under one key of its own. Tenant, kind and version are associated data, as they are the encryption context at the
/// key service: a key unwraps only as what it was generated for.
pub struct LocalKeys {
    master: LessSafeKey,
    generated: AtomicUsize,
    unwrapped: AtomicUsize,
}

impl LocalKeys {
    /// # Panics
    /// When there is no randomness.
    #[must_use]
    pub fn new() -> Self {
        let master = UnboundKey::new(&AES_256_GCM, &random::<32>()).expect("AES-256 takes 32 bytes");
        Self {
            master: LessSafeKey::new(master),
            generated: AtomicUsize::new(0),
            unwrapped: AtomicUsize::new(0),
        }
    }

    /// How many keys were generated so far.
    #[must_use]
    pub fn generated(&self) -> usize {
        self.generated.load(Ordering::SeqCst)
    }

    /// How many times a key was unwrapped so far, refusals included.
    #[must_use]
    pub fn unwrapped(&self) -> usize {
        self.unwrapped.load(Ordering::SeqCst)
    }
}

impl Default for LocalKeys {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl KeyProvider for LocalKeys {
    async fn generate(&self, tenant: &str, kind: KeyKind, version: u16) -> Result<GeneratedKey, KeyError> {
        self.generated.fetch_add(1, Ordering::SeqCst);
        let (mut body, nonce) = (random::<32>().to_vec(), random::<NONCE_LEN>());
        let plain = PlainKey::from_bytes(&body).ok_or(KeyError::WrongSize)?;
        self.master
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                context(tenant, kind, version),
                &mut body,
            )
            .map_err(|error| KeyError::Unavailable(Box::new(error)))?;
        let ciphertext = [nonce.as_slice(), &body].concat();
        Ok(GeneratedKey { plain, wrapped: WrappedKey { kind, version, ciphertext } })
    }

    async fn unwrap(&self, tenant: &str, wrapped: &WrappedKey) -> Result<PlainKey, KeyError> {
        self.unwrapped.fetch_add(1, Ordering::SeqCst);
        let (nonce, body) = wrapped.ciphertext.split_first_chunk::<NONCE_LEN>().ok_or(KeyError::WrongSize)?;
        let mut body = body.to_vec();
        let plain = self
            .master
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                context(tenant, wrapped.kind, wrapped.version),
                &mut body,
            )
            .map_err(|error| KeyError::Refused(Box::new(error)))?;
        PlainKey::from_bytes(plain).ok_or(KeyError::WrongSize)
    }
}

/// No part can hold the separator.
fn context(tenant: &str, kind: KeyKind, version: u16) -> Aad<String> {
    Aad::from(format!("{tenant}|{}|{version}", kind.as_str()))
}

fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    rand::fill(&mut bytes).expect("the operating system gives entropy");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_unwraps_only_as_what_it_was_generated_for() {
        let keys = LocalKeys::new();
        let wrapped = keys.generate("tnt_a", KeyKind::Data, 1).await.unwrap().wrapped;
        assert!(keys.unwrap("tnt_a", &wrapped).await.is_ok());
        let refused = [
            ("tnt_b", wrapped.clone()),
            ("tnt_a", WrappedKey { kind: KeyKind::Index, ..wrapped.clone() }),
            ("tnt_a", WrappedKey { version: 2, ..wrapped }),
        ];
        for (tenant, wrapped) in refused {
            assert!(matches!(keys.unwrap(tenant, &wrapped).await, Err(KeyError::Refused(_))));
        }
    }
}

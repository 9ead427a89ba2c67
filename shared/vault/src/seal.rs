//! AES-256-GCM over whole records, HMAC-SHA-256 for blind indexes.
//!
//! A sealed blob is `format (1) | key version (2, big endian) | nonce (12) | ciphertext | tag (16)`. Its associated data is
//! the first three bytes and, each behind its length, the place: partition key, sort key and purpose. A blob moved to
//! another row, another attribute or another tenant does not open.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, hmac,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kernel::{Ambient, Failure};

use crate::provider::{KeyKind, PlainKey};

const FORMAT: u8 = 1;
const HEADER_LENGTH: usize = 3;
const TAG_LENGTH: usize = 16;
/// 128 bits: two different values of one tenant share an index with a chance nobody will see.
const BLIND_INDEX_LENGTH: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Tampered with, moved from elsewhere, another tenant's, or no sealed blob at all.
    #[error("the sealed data does not open here")]
    DoesNotOpen,
    /// Sealed under a version of the data key that this vault was opened without.
    #[error("the sealed data names an unknown key version")]
    UnknownKeyVersion,
    /// The tenant lacks the key that this needs.
    #[error("the tenant has no such key")]
    MissingKey,
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        match error {
            // The keys held may be older than the row; whoever asks again finds newer ones.
            SealError::UnknownKeyVersion => Self::Unavailable(Box::new(error)),
            SealError::DoesNotOpen | SealError::MissingKey => Self::internal(error),
        }
    }
}

/// Where a sealed blob lives; part of its associated data.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub partition_key: &'a str,
    pub sort_key: &'a str,
    /// What the blob is, e.g. `contact.profile`: one record may hold several.
    pub purpose: &'a str,
}

/// What a blind index is computed over. Kinds never collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlindIndex {
    EmailAddress,
    PhoneNumber,
    /// A domain of a company.
    Domain,
    IdempotencyKey,
    /// All that tells one request from another.
    Request,
}

impl BlindIndex {
    fn label(self) -> &'static str {
        match self {
            Self::EmailAddress => "email",
            Self::PhoneNumber => "phone",
            Self::Domain => "domain",
            Self::IdempotencyKey => "idempotency-key",
            Self::Request => "request",
        }
    }
}

struct DataKey {
    records: LessSafeKey,
    cursors: LessSafeKey,
    shards: LessSafeKey,
}

/// One tenant's keys in the clear. Sealing uses the newest data key, opening the one that the blob names.
pub struct TenantVault {
    data: BTreeMap<u16, DataKey>,
    index: Option<hmac::Key>,
    behind: AtomicBool,
    ambient: Arc<dyn Ambient>,
}

impl TenantVault {
    /// From the tenant's unwrapped keys.
    #[must_use]
    pub fn new(keys: &[(KeyKind, u16, PlainKey)], ambient: Arc<dyn Ambient>) -> Self {
        let mut vault = Self { data: BTreeMap::new(), index: None, behind: AtomicBool::new(false), ambient };
        for (kind, version, key) in keys {
            match kind {
                KeyKind::Data => {
                    let records = aead_key(&subkey(key, "records"));
                    let cursors = aead_key(&subkey(key, "cursors"));
                    let shards = aead_key(&subkey(key, "search-shards"));
                    vault.data.insert(*version, DataKey { records, cursors, shards });
                }
                KeyKind::Index => {
                    vault.index = Some(hmac::Key::new(hmac::HMAC_SHA256, &subkey(key, "blind-index")));
                }
            }
        }
        vault
    }

    /// Whether something was to be opened that names a version of the data key which these keys lack.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Relaxed)
    }

    /// Seals `plaintext` for `place`. The nonce is random; a key stays far below the 2^32 seals that allows.
    pub fn seal(&self, place: Place<'_>, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let (version, key) = self.data.last_key_value().ok_or(SealError::MissingKey)?;
        Ok(self.seal_under(&key.records, *version, &place_parts(place), plaintext))
    }

    /// Opens what [`TenantVault::seal`] made for the same place.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.open_under(|key| &key.records, &place_parts(place), sealed)
    }

    /// As [`TenantVault::seal`], under the key for shards of the search, which are objects and no items.
    pub fn seal_shard(&self, place: Place<'_>, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let (version, key) = self.data.last_key_value().ok_or(SealError::MissingKey)?;
        Ok(self.seal_under(&key.shards, *version, &place_parts(place), plaintext))
    }

    /// Opens what [`TenantVault::seal_shard`] made for the same place.
    pub fn open_shard(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.open_under(|key| &key.shards, &place_parts(place), sealed)
    }

    /// Seals a position in a list; opens only under the same binding.
    pub(crate) fn seal_cursor(&self, binding: &[&str], position: &[u8]) -> Result<Vec<u8>, SealError> {
        let (version, key) = self.data.last_key_value().ok_or(SealError::MissingKey)?;
        Ok(self.seal_under(&key.cursors, *version, binding, position))
    }

    pub(crate) fn open_cursor(&self, binding: &[&str], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.open_under(|key| &key.cursors, binding, sealed)
    }

    /// The same text for the same canonical value of the same tenant, and nothing to learn from it without the key:
    /// 22 characters of base64url.
    pub fn blind_index(&self, kind: BlindIndex, canonical: &str) -> Result<String, SealError> {
        let key = self.index.as_ref().ok_or(SealError::MissingKey)?;
        let mut context = hmac::Context::with_key(key);
        context.update(&associated_data(&[], &[kind.label()]));
        context.update(canonical.as_bytes());
        Ok(BASE64_URL_SAFE_NO_PAD.encode(&context.sign().as_ref()[..BLIND_INDEX_LENGTH]))
    }

    fn seal_under(&self, key: &LessSafeKey, version: u16, binding: &[&str], plaintext: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        self.ambient.fill(&mut nonce);
        let mut blob = Vec::with_capacity(HEADER_LENGTH + NONCE_LEN + plaintext.len() + TAG_LENGTH);
        blob.push(FORMAT);
        blob.extend_from_slice(&version.to_be_bytes());
        let associated = associated_data(&blob, binding);
        blob.extend_from_slice(&nonce);
        blob.extend_from_slice(plaintext);
        let body = &mut blob[HEADER_LENGTH + NONCE_LEN..];
        let tag = key
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated), body)
            .expect("a record is shorter than the 64 GiB that AES-GCM seals");
        blob.extend_from_slice(tag.as_ref());
        blob
    }

    fn open_under(
        &self,
        pick: impl Fn(&DataKey) -> &LessSafeKey,
        binding: &[&str],
        sealed: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let (header, rest) = sealed.split_at_checked(HEADER_LENGTH).ok_or(SealError::DoesNotOpen)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(SealError::DoesNotOpen)?;
        if header[0] != FORMAT {
            return Err(SealError::DoesNotOpen);
        }
        let version = u16::from_be_bytes([header[1], header[2]]);
        let key = self.data.get(&version).map(pick).ok_or_else(|| {
            self.behind.store(true, Ordering::Relaxed);
            SealError::UnknownKeyVersion
        })?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::DoesNotOpen)?;
        let mut body = body.to_vec();
        let length = key
            .open_in_place(nonce, Aad::from(associated_data(header, binding)), &mut body)
            .map_err(|_| SealError::DoesNotOpen)?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

fn place_parts(place: Place<'_>) -> [&str; 3] {
    [place.partition_key, place.sort_key, place.purpose]
}

/// `header`, then every part behind its length, so that no two bindings read alike.
fn associated_data(header: &[u8], parts: &[&str]) -> Vec<u8> {
    let mut bytes = header.to_vec();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// A key for one purpose, by HKDF-SHA-256: what is learnt of one says nothing of another.
fn subkey(key: &PlainKey, purpose: &str) -> [u8; 32] {
    let mut derived = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"")
        .extract(key.bytes())
        .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|material| material.fill(&mut derived))
        .expect("HKDF-SHA-256 yields 32 bytes");
    derived
}

fn aead_key(bytes: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes).expect("AES-256 takes 32 bytes"))
}

#[cfg(test)]
mod tests {
    use kernel::SystemAmbient;
    use proptest::prelude::*;

    use super::*;

    const PLACE: Place<'_> =
        Place { partition_key: "T#tnt_a#CONTACT", sort_key: "con_1", purpose: "contact.profile" };

    fn vault(seed: u8) -> TenantVault {
        let key = |byte| PlainKey::from_bytes(&[byte; 32]).unwrap();
        TenantVault::new(
            &[(KeyKind::Data, 1, key(seed)), (KeyKind::Index, 1, key(seed ^ 0xff))],
            Arc::new(SystemAmbient),
        )
    }

    #[test]
    fn opens_only_where_it_was_sealed() {
        let vault = vault(1);
        let sealed = vault.seal(PLACE, b"ada").unwrap();
        assert_eq!(vault.open(PLACE, &sealed).unwrap(), b"ada");
        for elsewhere in [
            Place { partition_key: "T#tnt_b#CONTACT", ..PLACE },
            Place { sort_key: "con_2", ..PLACE },
            Place { purpose: "contact.phones", ..PLACE },
            // The same characters, cut elsewhere: lengths are part of what is bound.
            Place { partition_key: "T#tnt_a#CONTACTc", sort_key: "on_1", ..PLACE },
        ] {
            assert_eq!(vault.open(elsewhere, &sealed), Err(SealError::DoesNotOpen));
        }
    }

    #[test]
    fn records_and_shards_do_not_stand_in_for_each_other() {
        let vault = vault(1);
        let shard = vault.seal_shard(PLACE, b"shard").unwrap();
        assert_eq!(vault.open_shard(PLACE, &shard).unwrap(), b"shard");
        assert_eq!(vault.open(PLACE, &shard), Err(SealError::DoesNotOpen));
        assert_eq!(
            vault.open_shard(PLACE, &vault.seal(PLACE, b"record").unwrap()),
            Err(SealError::DoesNotOpen)
        );
    }

    #[test]
    fn another_tenants_key_does_not_open_it() {
        let sealed = vault(1).seal(PLACE, b"ada").unwrap();
        assert_eq!(vault(2).open(PLACE, &sealed), Err(SealError::DoesNotOpen));
    }

    #[test]
    fn older_keys_stay_readable_and_the_newest_seals() {
        let key = |byte| PlainKey::from_bytes(&[byte; 32]).unwrap();
        let before = TenantVault::new(&[(KeyKind::Data, 1, key(1))], Arc::new(SystemAmbient));
        let after = TenantVault::new(
            &[(KeyKind::Data, 1, key(1)), (KeyKind::Data, 2, key(2))],
            Arc::new(SystemAmbient),
        );
        let old = before.seal(PLACE, b"old").unwrap();
        assert_eq!(after.open(PLACE, &old).unwrap(), b"old");
        let new = after.seal(PLACE, b"new").unwrap();
        assert_eq!(before.open(PLACE, &new), Err(SealError::UnknownKeyVersion));
    }

    #[test]
    fn blind_indexes_are_stable_per_tenant_and_kind() {
        let (one, other) = (vault(1), vault(2));
        let index = one.blind_index(BlindIndex::EmailAddress, "ada@example.com").unwrap();
        assert_eq!(index.len(), 22);
        assert_eq!(one.blind_index(BlindIndex::EmailAddress, "ada@example.com").unwrap(), index);
        assert_ne!(one.blind_index(BlindIndex::PhoneNumber, "ada@example.com").unwrap(), index);
        assert_ne!(other.blind_index(BlindIndex::EmailAddress, "ada@example.com").unwrap(), index);
    }

    proptest! {
        #[test]
        fn any_flipped_bit_is_noticed(plaintext in prop::collection::vec(any::<u8>(), 0..64), position in any::<prop::sample::Index>(), bit in 0u8..8) {
            let vault = vault(1);
            let mut sealed = vault.seal(PLACE, &plaintext).unwrap();
            prop_assert_eq!(vault.open(PLACE, &sealed).unwrap(), plaintext);
            let position = position.index(sealed.len());
            sealed[position] ^= 1 << bit;
            prop_assert!(vault.open(PLACE, &sealed).is_err());
        }

        #[test]
        fn arbitrary_bytes_never_open(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(vault(1).open(PLACE, &bytes).is_err());
        }
    }
}

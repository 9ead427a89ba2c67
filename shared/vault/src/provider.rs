//! Where a tenant's keys come from.

use async_trait::async_trait;
use kernel::failure::{BoxError, Failure};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What a key of a tenant is for. Each kind is wrapped under an encryption context of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Seals records and cursors; rotates, older versions stay readable.
    Data,
    /// Computes blind indexes; never rotates, for every stored index would have to be computed again.
    Index,
}

impl KeyKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Index => "index",
        }
    }
}

/// A key as it is stored: readable only by the key service, and only together with its tenant, kind and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    pub kind: KeyKind,
    /// Counts from 1.
    pub version: u16,
    pub ciphertext: Vec<u8>,
}

/// 256 bits in the clear; wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PlainKey([u8; 32]);

impl PlainKey {
    /// `None` unless there are exactly 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A new key, both ways.
pub struct GeneratedKey {
    pub plain: PlainKey,
    pub wrapped: WrappedKey,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key service refused: another tenant's key, a tampered blob, or no permission.
    #[error("the key service refused the key")]
    Refused(#[source] BoxError),
    #[error("the key service did not answer")]
    Unavailable(#[source] BoxError),
    /// The key service answered with something that is no 256-bit key.
    #[error("the key service answered with a key of the wrong size")]
    WrongSize,
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Unavailable(_) => Self::Unavailable(Box::new(error)),
            KeyError::Refused(_) | KeyError::WrongSize => Self::internal(error),
        }
    }
}

/// Wraps and unwraps the keys of tenants.
#[async_trait]
pub trait KeyProvider: Send + Sync {
    /// A new key bound to `tenant`, `kind` and `version`.
    async fn generate(&self, tenant: &str, kind: KeyKind, version: u16) -> Result<GeneratedKey, KeyError>;

    /// Opens `wrapped`, provided that it was generated for `tenant`.
    async fn unwrap(&self, tenant: &str, wrapped: &WrappedKey) -> Result<PlainKey, KeyError>;
}

//! Personal data at rest: envelope encryption under keys that belong to one tenant, blind indexes that find a value without
//! showing it, and cursors that cannot be forged. Knows neither items nor HTTP.

mod cursor;
mod kms;
mod provider;
mod seal;

pub use cursor::CursorBinding;
pub use kms::KmsKeyProvider;
pub use provider::{GeneratedKey, KeyError, KeyKind, KeyProvider, PlainKey, WrappedKey};
pub use seal::{BlindIndex, Place, SealError, TenantVault};

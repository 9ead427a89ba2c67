//! Sealed parts of items: a value as JSON, sealed for the row and attribute that hold it.

use kernel::Failure;
use serde::{Serialize, de::DeserializeOwned};
use table::{ItemReader, Key, Purpose};
use vault::{Place, TenantVault};

/// The sealed bytes of `value` for the row at `key`.
pub fn seal_record(
    vault: &TenantVault,
    key: &Key,
    purpose: Purpose,
    value: &impl Serialize,
) -> Result<Vec<u8>, Failure> {
    let place = Place { partition_key: key.partition(), sort_key: key.sort(), purpose: purpose.as_str() };
    Ok(vault.seal(place, &serde_json::to_vec(value).map_err(Failure::internal)?)?)
}

/// What [`seal_record`] sealed into this row.
pub fn unseal_record<T: DeserializeOwned>(
    vault: &TenantVault,
    item: ItemReader<'_>,
    purpose: Purpose,
) -> Result<T, Failure> {
    let place = Place { partition_key: item.partition()?, sort_key: item.sort()?, purpose: purpose.as_str() };
    serde_json::from_slice(&vault.open(place, item.sealed(purpose)?)?).map_err(Failure::internal)
}

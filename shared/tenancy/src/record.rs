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
    let record = vault.open(place, item.sealed(purpose)?)?;
    serde_json::from_slice(&record).map_err(|error| Failure::internal(unreadable(purpose, &error)))
}

/// serde's own text repeats the value it stumbled over, and this one is personal.
fn unreadable(purpose: Purpose, error: &serde_json::Error) -> String {
    format!(
        "the sealed {} does not read: {:?} error at column {}",
        purpose.as_str(),
        error.classify(),
        error.column()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_does_not_read_is_named_without_its_content() {
        let error = serde_json::from_str::<Vec<u8>>(r#"["Ada"]"#).unwrap_err();
        let text = unreadable(Purpose::ContactProfile, &error);
        assert!(text.contains("contact_profile") && !text.contains("Ada"), "{text}");
    }
}

//! The row that holds a tenant's fields.

use kernel::Failure;
use table::{Item, ItemBuilder, ItemReader, Purpose, TableError};
use tenancy::{TenantScope, seal_record, unseal_record};
use vault::TenantVault;

use crate::contact::CustomFields;

/// The tenant's fields; none where nobody has defined any.
pub async fn find(scope: &TenantScope) -> Result<CustomFields, Failure> {
    let item = scope.table.get(&scope.table.keys().custom_fields()).await?;
    let vault = scope.vault().await?;
    item.map_or(Ok(CustomFields::default()), |item| read(&vault, &item))
}

/// The fields in the row that [`replace`] wrote.
pub fn read(vault: &TenantVault, item: &Item) -> Result<CustomFields, Failure> {
    let reader = ItemReader::new(item);
    Ok(CustomFields {
        fields: unseal_record(vault, reader, Purpose::CustomFields)?,
        version: reader.number("version")?,
        updated_at: reader.optional_time("updated_at")?,
    })
}

/// Writes `next` over the fields of version `before`, 0 where there are none; [`Failure::Stale`] where there are others.
pub async fn replace(scope: &TenantScope, before: i64, next: &CustomFields) -> Result<(), Failure> {
    let key = scope.table.keys().custom_fields();
    let vault = scope.vault().await?;
    let item = ItemBuilder::new(&key)
        .number("version", next.version)
        .optional_time("updated_at", next.updated_at)
        .sealed(Purpose::CustomFields, seal_record(&vault, &key, Purpose::CustomFields, &next.fields)?)
        .build();
    let transaction = scope.table.transaction();
    let transaction =
        if before == 0 { transaction.put_new(item) } else { transaction.put_over_version(item, before) };
    match transaction.commit().await {
        Err(TableError::ConditionFailed { .. }) => Err(Failure::Stale),
        outcome => Ok(outcome?),
    }
}

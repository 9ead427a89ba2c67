//! What others than the contacts domain may read of a contact's row.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use kernel::{
    ContactId, UserId, UtcTime,
    access::{ContactAccess, Visibility},
};

use crate::{
    capacity::record_write,
    error::{TableError, classify},
    item::{Item, ItemReader, MalformedItem},
    tenant_table::{TenantTable, attributes},
};

/// Who may see the contact; `None` where it has been deleted.
pub fn read_contact_access(item: &Item) -> Result<Option<ContactAccess>, MalformedItem> {
    let item = ItemReader::new(item);
    if item.optional_text("deleted_at").is_some() {
        return Ok(None);
    }
    let owner = item.parsed("owner_id", UserId::parse)?;
    Ok(Some(ContactAccess { owner, visibility: item.parsed("visibility", Visibility::parse)? }))
}

/// What a tenant has decided about new contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactDefaults {
    /// Two letters of ISO 3166: how a telephone number without a country is read.
    pub country: String,
    pub visibility: Visibility,
}

/// Reads the tenant's row.
pub fn read_contact_defaults(item: &Item) -> Result<ContactDefaults, MalformedItem> {
    let item = ItemReader::new(item);
    Ok(ContactDefaults {
        country: item.text("default_country")?.to_owned(),
        visibility: item.parsed("contact_visibility", Visibility::parse)?,
    })
}

impl TenantTable {
    /// Gives a contact to another owner, as a version of its own. Nothing happens where it is not `from`'s any more.
    pub async fn change_owner(
        &self,
        contact: &ContactId,
        from: &UserId,
        to: &UserId,
        now: UtcTime,
    ) -> Result<(), TableError> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let outcome = self
            .client()
            .update_item()
            .table_name(self.name())
            .set_key(Some(attributes(&self.keys().contact(contact))))
            .update_expression(
                "SET owner_id = :to, updated_at = :now, gsi1pk = :owned, gsi2sk = :now ADD version :one",
            )
            .condition_expression("owner_id = :from AND attribute_not_exists(deleted_at)")
            .expression_attribute_values(":from", text(from.as_str()))
            .expression_attribute_values(":to", text(to.as_str()))
            .expression_attribute_values(":owned", text(&self.keys().contacts_of_owner(to)))
            .expression_attribute_values(":now", text(&now.to_string()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify);
        match outcome {
            Ok(answer) => {
                record_write(answer.consumed_capacity.as_slice());
                Ok(())
            }
            Err(TableError::ConditionFailed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

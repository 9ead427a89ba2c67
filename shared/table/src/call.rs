//! What others than the calls domain may read of a call's row, and the calls of a contact.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use kernel::{CallId, ContactId, UserId, UtcTime};

use crate::{
    capacity::record_read,
    error::{TableError, classify},
    item::{Item, ItemReader, MalformedItem},
    tenant_table::TenantTable,
};

/// Whose call it is and how far it has come; neither number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallState {
    pub id: CallId,
    pub contact_id: ContactId,
    pub user_id: UserId,
    pub owner_id: UserId,
    pub status: String,
    pub duration_seconds: Option<i64>,
    pub version: i64,
    pub updated_at: UtcTime,
}

/// Reads the row that the calls domain writes.
pub fn read_call_state(item: &Item) -> Result<CallState, MalformedItem> {
    let item = ItemReader::new(item);
    Ok(CallState {
        id: item.parsed("sk", CallId::parse)?,
        contact_id: item.parsed("contact_id", ContactId::parse)?,
        user_id: item.parsed("user_id", UserId::parse)?,
        owner_id: item.parsed("owner_id", UserId::parse)?,
        status: item.text("status")?.to_owned(),
        duration_seconds: item.optional_number("duration_seconds"),
        version: item.number("version")?,
        updated_at: item.time("updated_at")?,
    })
}

impl TenantTable {
    /// The latest calls of a contact, newest first, from the index: it follows the table within a moment. IAM does not look at
    /// index keys on writes, so a row that another tenant has put into this partition is dropped here.
    pub async fn calls_of_contact(&self, contact: &ContactId, limit: u8) -> Result<Vec<Item>, TableError> {
        let answer = self
            .client()
            .query()
            .table_name(self.name())
            .index_name("gsi1")
            .key_condition_expression("gsi1pk = :partition")
            .expression_attribute_values(
                ":partition",
                AttributeValue::S(self.keys().calls_of_contact(contact)),
            )
            .scan_index_forward(false)
            .limit(i32::from(limit))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_read(answer.consumed_capacity.as_slice());
        Ok(answer.items.unwrap_or_default().into_iter().filter(|item| self.owns(item)).collect())
    }
}

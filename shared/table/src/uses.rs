//! How often a user does something, by the minute.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValue};
use kernel::{UserId, UtcTime};

use crate::{
    capacity::record_write,
    error::{TableError, classify},
    item::ItemReader,
    tenant_table::{TenantTable, attributes},
};

const MINUTE: i64 = 60;
/// How long a minute's row stays behind its end.
const LIFETIME_SECONDS: i64 = 3600;

/// What a user has done in the running minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uses {
    /// The last one included.
    pub count: i64,
    /// Until the next minute begins.
    pub seconds_left: i64,
}

impl TenantTable {
    /// Counts that the user does `what` now, in one write that many at once do not disturb.
    pub async fn count_use(&self, user: &UserId, what: &str, now: UtcTime) -> Result<Uses, TableError> {
        let minute = now.as_second().div_euclid(MINUTE);
        let end = (minute + 1) * MINUTE;
        let number = |number: i64| AttributeValue::N(number.to_string());
        let answer = self
            .client()
            .update_item()
            .table_name(self.name())
            .set_key(Some(attributes(&self.keys().uses(user, what, minute))))
            .update_expression("SET expires_at = :expiry ADD uses :one")
            .expression_attribute_values(":expiry", number(end + LIFETIME_SECONDS))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        let row = answer.attributes.unwrap_or_default();
        let count = ItemReader::new(&row).number("uses");
        let count = count.map_err(|error| TableError::Other(Box::new(error)))?;
        Ok(Uses { count, seconds_left: end - now.as_second() })
    }
}

//! Codes of authenticator apps that have served. A code holds for a minute and more; whoever saw one typed must not use it again.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ReturnConsumedCapacity},
};
use kernel::UtcTime;

use crate::{
    capacity::record_write,
    error::{TableError, where_held},
    item::ItemBuilder,
    key::Key,
};

/// The rows `USEDCODE#<cognito sub>`, outside tenants: functions that sign in write them, and nobody reads them.
#[derive(Debug, Clone)]
pub struct UsedCodeTable {
    client: Client,
    name: String,
}

impl UsedCodeTable {
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// Takes the code whose hash this is for good: true for the first to ask, false for everybody else before `until`.
    pub async fn take(
        &self,
        sub: &str,
        code_hash: &str,
        now: UtcTime,
        until: UtcTime,
    ) -> Result<bool, TableError> {
        let key = Key { partition: format!("USEDCODE#{sub}"), sort: code_hash.to_owned() };
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(ItemBuilder::new(&key).expires_at(until).build()))
            // The table's own expiry comes days later, and six digits come again.
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", AttributeValue::N(now.as_second().to_string()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let Some(written) = where_held(answer)? else { return Ok(false) };
        record_write(written.consumed_capacity.as_slice());
        Ok(true)
    }
}

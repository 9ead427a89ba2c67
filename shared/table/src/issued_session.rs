//! Sessions of sign-ins under way, as they were handed out: what a client presents holds only if it stands here.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ReturnConsumedCapacity},
};
use kernel::UtcTime;

use crate::{
    capacity::{record_read, record_write},
    error::{TableError, classify, where_held},
    item::{ItemBuilder, ItemReader},
    key::Key,
    tenant_table::attributes,
};

/// The rows `CHALLENGE#<hash of the session>`, outside tenants: nobody is signed in yet. They hold a time and nothing else.
#[derive(Debug, Clone)]
pub struct IssuedSessionTable {
    client: Client,
    name: String,
}

impl IssuedSessionTable {
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    pub async fn put(&self, hash: &str, expires_at: UtcTime) -> Result<(), TableError> {
        let item = ItemBuilder::new(&key(hash)).expires_at(expires_at).build();
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        let answer =
            put.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        Ok(())
    }

    /// Whether the session was handed out, has not been taken and is not over.
    pub async fn holds(&self, hash: &str, now: UtcTime) -> Result<bool, TableError> {
        let get = self.client.get_item().table_name(&self.name).set_key(Some(attributes(&key(hash))));
        let get = get.consistent_read(true).return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = get.send().await.map_err(classify)?;
        record_read(answer.consumed_capacity.as_slice());
        let Some(item) = answer.item else { return Ok(false) };
        let expires_at = ItemReader::new(&item).number("expires_at");
        Ok(now.as_second() < expires_at.map_err(|error| TableError::Other(Box::new(error)))?)
    }

    /// As [`IssuedSessionTable::holds`], for the first to ask and nobody after.
    pub async fn take(&self, hash: &str, now: UtcTime) -> Result<bool, TableError> {
        let delete = self.client.delete_item().table_name(&self.name).set_key(Some(attributes(&key(hash))));
        let answer = delete
            .condition_expression("expires_at > :now")
            .expression_attribute_values(":now", AttributeValue::N(now.as_second().to_string()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let Some(deleted) = where_held(answer)? else { return Ok(false) };
        record_write(deleted.consumed_capacity.as_slice());
        Ok(true)
    }
}

fn key(hash: &str) -> Key {
    Key { partition: format!("CHALLENGE#{hash}"), sort: "SESSION".to_owned() }
}

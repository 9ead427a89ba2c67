//! Codes that were mailed to those who have forgotten their password. One per address, by hashes of both.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ReturnConsumedCapacity, ReturnValue},
};
use kernel::{ClaimedTenant, UtcTime};

use crate::{
    capacity::record_write,
    error::{TableError, classify, where_held},
    item::{Item, ItemBuilder, ItemReader, MalformedItem},
    key::Key,
    tenant_table::attributes,
};

/// How often a code may be tried, right or wrong.
const TRIES: i64 = 5;

/// Whose password a code resets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeHolder {
    pub tenant: ClaimedTenant,
    /// The pool's name for the user.
    pub sub: String,
}

/// The rows `RESETCODE#<hash of the address>`, outside tenants: nobody is signed in.
#[derive(Debug, Clone)]
pub struct ResetCodeTable {
    client: Client,
    name: String,
}

impl ResetCodeTable {
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// Writes the code of an address in place of the one before. An address that is nobody's has a row like any other, which no
    /// code opens.
    pub async fn put(
        &self,
        address_hash: &str,
        code_hash: &str,
        holder: Option<&CodeHolder>,
        expires_at: UtcTime,
    ) -> Result<(), TableError> {
        let item = ItemBuilder::new(&key(address_hash))
            .text("code", code_hash)
            .optional_text("tenant", holder.map(|holder| holder.tenant.as_str()))
            .optional_text("sub", holder.map(|holder| holder.sub.as_str()))
            .number("tries", 0)
            .expires_at(expires_at)
            .build();
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        let answer =
            put.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        Ok(())
    }

    /// Takes the code, which serves once; `None` for a wrong one, one that is over or has been tried too often, and an address that
    /// has none. A try is counted before it is made.
    pub async fn take(
        &self,
        address_hash: &str,
        code_hash: &str,
        now: UtcTime,
    ) -> Result<Option<CodeHolder>, TableError> {
        let Some(item) = self.count_try(address_hash, now).await? else { return Ok(None) };
        let row = ItemReader::new(&item);
        let holder = read_holder(row).map_err(|error| TableError::Other(Box::new(error)))?;
        let right = row.optional_text("code") == Some(code_hash);
        match holder {
            Some(holder) if right && self.remove(address_hash, code_hash).await? => Ok(Some(holder)),
            _ => Ok(None),
        }
    }

    async fn count_try(&self, address_hash: &str, now: UtcTime) -> Result<Option<Item>, TableError> {
        let number = |number: i64| AttributeValue::N(number.to_string());
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(attributes(&key(address_hash))))
            .update_expression("ADD tries :one")
            .condition_expression("expires_at > :now AND tries < :most")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":most", number(TRIES))
            .return_values(ReturnValue::AllNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let Some(answer) = where_held(answer)? else { return Ok(None) };
        record_write(answer.consumed_capacity.as_slice());
        Ok(answer.attributes)
    }

    /// Whether the code was still there: of several that come with the right one, one gets it.
    async fn remove(&self, address_hash: &str, code_hash: &str) -> Result<bool, TableError> {
        let answer = self
            .client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(attributes(&key(address_hash))))
            .condition_expression("code = :code")
            .expression_attribute_values(":code", AttributeValue::S(code_hash.to_owned()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let Some(answer) = where_held(answer)? else { return Ok(false) };
        record_write(answer.consumed_capacity.as_slice());
        Ok(true)
    }
}

fn key(address_hash: &str) -> Key {
    Key { partition: format!("RESETCODE#{address_hash}"), sort: "CODE".to_owned() }
}

fn read_holder(row: ItemReader<'_>) -> Result<Option<CodeHolder>, MalformedItem> {
    let tenant = row.optional_parsed("tenant", ClaimedTenant::parse)?;
    let sub = row.optional_text("sub").map(str::to_owned);
    Ok(tenant.zip(sub).map(|(tenant, sub)| CodeHolder { tenant, sub }))
}

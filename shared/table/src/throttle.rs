//! Attempts counted within a stretch of time, for what nobody is signed in for yet. Rows outside tenants, under a hash.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ReturnConsumedCapacity, ReturnValue},
};
use kernel::UtcTime;

use crate::{
    capacity::record_write,
    error::{TableError, classify},
    item::{Item, ItemReader},
    key::Key,
    tenant_table::attributes,
};

/// How many attempts pass within how many seconds, counted from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub attempts: i64,
    pub seconds: i64,
}

/// Whether an attempt may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Passed,
    /// Not before this many seconds have gone.
    Refused {
        retry_after_seconds: i64,
    },
}

/// The rows `THROTTLE#<hash>`.
#[derive(Debug, Clone)]
pub struct ThrottleTable {
    client: Client,
    name: String,
}

impl ThrottleTable {
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// Counts an attempt and says whether it may go on. It counts before it is made, so that many at once are not more than
    /// the allowance; those refused do not prolong the wait. `hash` names what is counted; it must not be a person's address.
    pub async fn count(
        &self,
        hash: &str,
        allowance: Allowance,
        now: UtcTime,
    ) -> Result<Admission, TableError> {
        let item = match self.add(hash, allowance, now).await? {
            Some(item) => item,
            // The stretch is over. Of several that notice at once, one begins the next; the others count in it.
            None if self.begin(hash, allowance, now).await? => return Ok(Admission::Passed),
            None => self.add(hash, allowance, now).await?.unwrap_or_default(),
        };
        let row = ItemReader::new(&item);
        let number = |name| row.number(name).map_err(|error| TableError::Other(Box::new(error)));
        if number("attempts")? <= allowance.attempts {
            return Ok(Admission::Passed);
        }
        let retry_after_seconds = (number("expires_at")? - now.as_second()).max(1);
        Ok(Admission::Refused { retry_after_seconds })
    }

    /// Takes back an attempt that turned out to be rightful.
    pub async fn forgive(&self, hash: &str) -> Result<(), TableError> {
        let one = HashMap::from([(":less".to_owned(), AttributeValue::N("-1".to_owned()))]);
        let outcome = self.update(hash, "ADD attempts :less", "attribute_exists(pk)", one).await;
        match outcome {
            Ok(_) | Err(TableError::ConditionFailed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Counts in the running stretch, or begins the first; `None` where the last one is over.
    async fn add(&self, hash: &str, allowance: Allowance, now: UtcTime) -> Result<Option<Item>, TableError> {
        let change = "SET expires_at = if_not_exists(expires_at, :end) ADD attempts :one";
        let condition = "attribute_not_exists(pk) OR expires_at > :now";
        let values = HashMap::from([
            (":one".to_owned(), AttributeValue::N("1".to_owned())),
            (":now".to_owned(), AttributeValue::N(now.as_second().to_string())),
            (":end".to_owned(), end(allowance, now)),
        ]);
        match self.update(hash, change, condition, values).await {
            Ok(item) => Ok(Some(item)),
            Err(TableError::ConditionFailed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Begins a stretch with one attempt; `false` where somebody else has.
    async fn begin(&self, hash: &str, allowance: Allowance, now: UtcTime) -> Result<bool, TableError> {
        let values = HashMap::from([
            (":one".to_owned(), AttributeValue::N("1".to_owned())),
            (":now".to_owned(), AttributeValue::N(now.as_second().to_string())),
            (":end".to_owned(), end(allowance, now)),
        ]);
        let change = "SET attempts = :one, expires_at = :end";
        match self.update(hash, change, "expires_at <= :now", values).await {
            Ok(_) => Ok(true),
            Err(TableError::ConditionFailed { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn update(
        &self,
        hash: &str,
        change: &str,
        condition: &str,
        values: HashMap<String, AttributeValue>,
    ) -> Result<Item, TableError> {
        let key = Key { partition: format!("THROTTLE#{hash}"), sort: "WINDOW".to_owned() };
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(attributes(&key)))
            .update_expression(change)
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values))
            .return_values(ReturnValue::AllNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        Ok(answer.attributes.unwrap_or_default())
    }
}

fn end(allowance: Allowance, now: UtcTime) -> AttributeValue {
    AttributeValue::N((now.as_second() + allowance.seconds).to_string())
}

//! The table as one tenant sees it.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeValue, DeleteRequest, KeysAndAttributes, ReturnConsumedCapacity, ReturnValue, WriteRequest,
    },
};
use kernel::TenantId;

use crate::{
    capacity::{record_read, record_write},
    error::{TableError, classify, where_held},
    identity::IdentityTable,
    item::{Item, ItemReader},
    key::{Key, Keys},
    record_kind::tenant_of_partition,
    reminder::is_due_partition,
    transaction::Transaction,
};

/// What one `BatchGetItem` takes at once.
const BATCH_LIMIT: usize = 100;
/// What one `BatchWriteItem` takes at once.
const BATCH_WRITE_LIMIT: usize = 25;
const BATCH_ATTEMPTS: usize = 4;

/// Opened for one tenant, with credentials that reach that tenant's rows only.
#[derive(Debug, Clone)]
pub struct TenantTable {
    client: Client,
    name: String,
    tenant: TenantId,
}

/// In which order a query reads its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

/// A stretch of one partition.
#[derive(Debug, Clone)]
pub struct Range {
    /// From [`Keys`].
    pub partition: String,
    pub direction: Direction,
    pub limit: u8,
    /// Sort key of the item that the page before ended with.
    pub after: Option<String>,
}

/// Items of a query in order; `last` is the sort key to go on behind, `None` at the end of the partition.
#[derive(Debug)]
pub struct QueryPage {
    pub items: Vec<Item>,
    pub last: Option<String>,
}

impl TenantTable {
    /// `client` must hold credentials tagged with `tenant`.
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>, tenant: TenantId) -> Self {
        Self { client, name: name.into(), tenant }
    }

    #[must_use]
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Makes this tenant's keys.
    #[must_use]
    pub fn keys(&self) -> Keys<'_> {
        Keys::of(self.tenant.as_str())
    }

    /// A strongly consistent read of one item.
    pub async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(attributes(key)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_read(answer.consumed_capacity.as_slice());
        Ok(answer.item.filter(|item| self.owns(item)))
    }

    /// Strongly consistent reads of many items; those that do not exist are left out, in no order.
    pub async fn get_many(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        let mut found = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(BATCH_LIMIT) {
            found.extend(self.get_batch(chunk).await?);
        }
        Ok(found)
    }

    async fn get_batch(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        let mut wanted = KeysAndAttributes::builder().consistent_read(true);
        for key in keys {
            wanted = wanted.keys(attributes(key));
        }
        let wanted = wanted.build().map_err(|error| TableError::Other(Box::new(error)))?;
        let mut pending = HashMap::from([(self.name.clone(), wanted)]);
        let mut found = Vec::with_capacity(keys.len());
        // What did not fit one answer (16 MB, or a throttled partition) comes back unprocessed.
        for _ in 0..BATCH_ATTEMPTS {
            let answer = self
                .client
                .batch_get_item()
                .set_request_items(Some(pending))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(classify)?;
            record_read(answer.consumed_capacity());
            let items = answer.responses.unwrap_or_default().into_values().flatten();
            found.extend(items.filter(|item| self.owns(item)));
            pending = answer.unprocessed_keys.unwrap_or_default();
            if pending.is_empty() {
                return Ok(found);
            }
        }
        Err(unfinished())
    }

    /// A strongly consistent read of a stretch of the base table.
    pub async fn query(&self, range: &Range) -> Result<QueryPage, TableError> {
        let start = range
            .after
            .as_ref()
            .map(|sort| attributes(&Key { partition: range.partition.clone(), sort: sort.clone() }));
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :partition")
            .expression_attribute_values(":partition", AttributeValue::S(range.partition.clone()))
            .scan_index_forward(range.direction == Direction::Ascending)
            .limit(i32::from(range.limit))
            .set_exclusive_start_key(start)
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_read(answer.consumed_capacity.as_slice());
        let last = answer
            .last_evaluated_key
            .as_ref()
            .and_then(|key| ItemReader::new(key).sort().ok())
            .map(str::to_owned);
        let items = answer.items.unwrap_or_default().into_iter().filter(|item| self.owns(item)).collect();
        Ok(QueryPage { items, last })
    }

    /// All items of a partition whose sort keys lie between `first` and `last`, both included, strongly consistent. Costs what
    /// their sizes add up to, where reading them one by one or in a batch costs a unit for each.
    pub async fn query_between(
        &self,
        partition: &str,
        first: &str,
        last: &str,
    ) -> Result<Vec<Item>, TableError> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("pk = :partition AND sk BETWEEN :first AND :last")
                .expression_attribute_values(":partition", text(partition))
                .expression_attribute_values(":first", text(first))
                .expression_attribute_values(":last", text(last))
                .set_exclusive_start_key(start)
                .consistent_read(true)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(classify)?;
            record_read(answer.consumed_capacity.as_slice());
            items.extend(answer.items.unwrap_or_default().into_iter().filter(|item| self.owns(item)));
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }

    /// Writes an item whose key must not be taken; [`TableError::ConditionFailed`] where it is.
    pub async fn put_new(&self, item: Item) -> Result<(), TableError> {
        self.put(item, Some("attribute_not_exists(pk)")).await
    }

    /// Writes an item, whatever stood there.
    pub async fn put_any(&self, item: Item) -> Result<(), TableError> {
        self.put(item, None).await
    }

    async fn put(&self, item: Item, condition: Option<&str>) -> Result<(), TableError> {
        self.refuse_foreign(&item)?;
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .set_condition_expression(condition.map(str::to_owned))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        Ok(())
    }

    /// Sets `attribute` to `value` where it is missing or sorts before it. `false` where the stored one is as late or later.
    pub async fn raise_text(&self, key: &Key, attribute: &str, value: &str) -> Result<bool, TableError> {
        self.refuse_foreign_key(key)?;
        let outcome = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(attributes(key)))
            .update_expression("SET #attribute = :value")
            .condition_expression("attribute_not_exists(#attribute) OR #attribute < :value")
            .expression_attribute_names("#attribute", attribute)
            .expression_attribute_values(":value", AttributeValue::S(value.to_owned()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let Some(answer) = where_held(outcome)? else { return Ok(false) };
        record_write(answer.consumed_capacity.as_slice());
        Ok(true)
    }

    /// Adds to a number, which begins at zero, in one write that many at once do not disturb; gives what it is then. The item may be
    /// left to expire.
    pub async fn add(
        &self,
        key: &Key,
        attribute: &'static str,
        count: i64,
        expires_at: Option<i64>,
    ) -> Result<i64, TableError> {
        self.refuse_foreign_key(key)?;
        let number = |number: i64| AttributeValue::N(number.to_string());
        let expiry = expires_at.map(|time| HashMap::from([(":expiry".to_owned(), number(time))]));
        let expression = if expiry.is_some() {
            "SET expires_at = :expiry ADD #attribute :count"
        } else {
            "ADD #attribute :count"
        };
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(attributes(key)))
            .update_expression(expression)
            .expression_attribute_names("#attribute", attribute)
            .set_expression_attribute_values(expiry)
            .expression_attribute_values(":count", number(count))
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        let item = answer.attributes.unwrap_or_default();
        ItemReader::new(&item).number(attribute).map_err(|error| TableError::Other(Box::new(error)))
    }

    /// Removes an item and gives what it was.
    pub async fn delete(&self, key: &Key) -> Result<Option<Item>, TableError> {
        self.refuse_foreign_key(key)?;
        let answer = self
            .client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(attributes(key)))
            .return_values(ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        Ok(answer.attributes)
    }

    /// Removes many items, each by itself: some may be gone although the whole failed. `keys` are different from each other; one that
    /// is not there is passed over.
    pub async fn delete_many(&self, keys: &[Key]) -> Result<(), TableError> {
        for chunk in keys.chunks(BATCH_WRITE_LIMIT) {
            self.delete_batch(chunk).await?;
        }
        Ok(())
    }

    async fn delete_batch(&self, keys: &[Key]) -> Result<(), TableError> {
        let mut removals = Vec::with_capacity(keys.len());
        for key in keys {
            self.refuse_foreign_key(key)?;
            let removal = DeleteRequest::builder().set_key(Some(attributes(key))).build();
            let removal = removal.map_err(|error| TableError::Other(Box::new(error)))?;
            removals.push(WriteRequest::builder().delete_request(removal).build());
        }
        let mut pending = HashMap::from([(self.name.clone(), removals)]);
        for _ in 0..BATCH_ATTEMPTS {
            let answer = self
                .client
                .batch_write_item()
                .set_request_items(Some(pending))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(classify)?;
            record_write(answer.consumed_capacity());
            pending = answer.unprocessed_items.unwrap_or_default();
            if pending.is_empty() {
                return Ok(());
            }
        }
        Err(unfinished())
    }

    /// Who may come in, for a role that may touch it.
    #[must_use]
    pub fn identities(&self) -> IdentityTable {
        IdentityTable::new(self.client.clone(), &self.name)
    }

    /// Begins a set of writes of which all or none happen.
    pub fn transaction(&self) -> Transaction<'_> {
        Transaction::new(self)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the item's partition is this tenant's. IAM has seen to it already; a second look costs nothing.
    pub(crate) fn owns(&self, item: &Item) -> bool {
        ItemReader::new(item).partition().is_ok_and(|partition| self.owns_partition(partition))
    }

    fn owns_partition(&self, partition: &str) -> bool {
        tenant_of_partition(partition).is_some_and(|key| key.tenant == self.tenant.as_str())
    }

    /// Refuses an item under another tenant's key, or under another tenant's index key, which IAM would let pass. What is due lies in
    /// an index of all tenants.
    pub(crate) fn refuse_foreign(&self, item: &Item) -> Result<(), TableError> {
        let own_index = ["gsi1pk", "gsi2pk"].into_iter().all(|index| {
            ItemReader::new(item).optional_text(index).is_none_or(|partition| {
                is_due_partition(partition)
                    || partition.strip_prefix("T#").and_then(|rest| rest.split('#').next())
                        == Some(self.tenant.as_str())
            })
        });
        (own_index && self.owns(item)).then_some(()).ok_or_else(foreign)
    }

    pub(crate) fn refuse_foreign_key(&self, key: &Key) -> Result<(), TableError> {
        self.owns_partition(&key.partition).then_some(()).ok_or_else(foreign)
    }
}

fn unfinished() -> TableError {
    TableError::Throttled("a batch stayed unfinished".into())
}

fn foreign() -> TableError {
    TableError::Denied("the key is another tenant's".into())
}

pub(crate) fn attributes(key: &Key) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(key.partition.clone())),
        ("sk".to_owned(), AttributeValue::S(key.sort.clone())),
    ])
}

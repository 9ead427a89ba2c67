//! The feed: the activities of all contacts of a tenant in one order, from the first index.

use std::{collections::HashMap, fmt};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};

use crate::{
    capacity::record_read,
    error::{TableError, classify},
    item::{Item, ItemReader},
    tenant_table::{Direction, TenantTable},
};

/// Where a page of the feed ended: the contact whose timeline the last entry stands on, and its sort key, which both the table and
/// the index know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPosition {
    partition: String,
    sort: String,
}

impl FeedPosition {
    /// What its [`fmt::Display`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (partition, sort) = text.split_once('\n')?;
        Some(Self { partition: partition.to_owned(), sort: sort.to_owned() })
    }
}

impl fmt::Display for FeedPosition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}\n{}", self.partition, self.sort)
    }
}

impl TenantTable {
    /// A stretch of the feed by when things happened, from behind `after`; follows the table within a moment. A row that another
    /// tenant has put into this partition is dropped here, for IAM does not look at index keys on writes.
    pub async fn feed(
        &self,
        direction: Direction,
        limit: u8,
        after: Option<&FeedPosition>,
    ) -> Result<(Vec<Item>, Option<FeedPosition>), TableError> {
        let partition = self.keys().feed();
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let start = after.map(|after| {
            HashMap::from([
                ("pk".to_owned(), text(&after.partition)),
                ("sk".to_owned(), text(&after.sort)),
                ("gsi1pk".to_owned(), text(&partition)),
                ("gsi1sk".to_owned(), text(&after.sort)),
            ])
        });
        let answer = self
            .client()
            .query()
            .table_name(self.name())
            .index_name("gsi1")
            .key_condition_expression("gsi1pk = :partition")
            .expression_attribute_values(":partition", text(&partition))
            .scan_index_forward(direction == Direction::Ascending)
            .limit(i32::from(limit))
            .set_exclusive_start_key(start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_read(answer.consumed_capacity.as_slice());
        let last = answer.last_evaluated_key.as_ref().and_then(|key| {
            let key = ItemReader::new(key);
            Some(FeedPosition {
                partition: key.partition().ok()?.to_owned(),
                sort: key.sort().ok()?.to_owned(),
            })
        });
        let items = answer.items.unwrap_or_default().into_iter().filter(|item| self.owns(item)).collect();
        Ok((items, last))
    }
}

//! Reminders: one row for each that is to come, in its tenant's partition, and one index across tenants by when they are due. The
//! index holds ids and times, and only what is still to come.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use kernel::{ClaimedTenant, TaskId, UtcTime};

use crate::{
    capacity::record_read,
    error::{TableError, classify},
    item::{Item, ItemBuilder, ItemReader},
    key::Keys,
    record_kind::{RecordKind, tenant_of_partition},
    tenant_table::TenantTable,
};

/// Over how many partitions the index is spread, so that a thousand reminders a second and more can be written into each.
pub const REMINDER_SHARDS: u8 = 8;
/// Begins the partitions of the index; the one kind that a tenant's row may stand in beside its own.
const DUE: &str = "DUE#";

/// A reminder that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueReminder {
    pub tenant: ClaimedTenant,
    pub task: TaskId,
    pub remind_at: UtcTime,
}

/// Where a page of what is due has ended.
#[derive(Debug, Clone)]
pub struct DuePosition(Item);

/// The row that says when somebody is to be reminded of a task.
#[must_use]
pub fn reminder_item(keys: Keys<'_>, task: &TaskId, at: UtcTime) -> Item {
    ItemBuilder::new(&keys.reminder(task))
        .first_index(format!("{DUE}{}", shard_of(task)), &format!("{at}#{task}"))
        .build()
}

/// Whether a partition of an index is the one of what is due.
pub(crate) fn is_due_partition(partition: &str) -> bool {
    partition.starts_with(DUE)
}

/// By the random part of the id.
fn shard_of(task: &TaskId) -> u8 {
    task.suffix().bytes().last().unwrap_or_default() % REMINDER_SHARDS
}

impl TenantTable {
    /// What is due in a shard until `until`, the earliest first, of whichever tenants: for the one role that may read the index.
    /// It follows the table within a moment.
    pub async fn due_reminders(
        &self,
        shard: u8,
        until: UtcTime,
        after: Option<DuePosition>,
    ) -> Result<(Vec<DueReminder>, Option<DuePosition>), TableError> {
        let answer = self
            .client()
            .query()
            .table_name(self.name())
            .index_name("gsi1")
            .key_condition_expression("gsi1pk = :shard AND gsi1sk < :until")
            .expression_attribute_values(":shard", AttributeValue::S(format!("{DUE}{shard}")))
            // Behind the time in a sort key comes a number sign, which sorts before this.
            .expression_attribute_values(":until", AttributeValue::S(format!("{until}~")))
            .set_exclusive_start_key(after.map(|DuePosition(key)| key))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_read(answer.consumed_capacity.as_slice());
        let last = answer.last_evaluated_key.map(DuePosition);
        Ok((answer.items.unwrap_or_default().iter().filter_map(read).collect(), last))
    }
}

/// `None` for whatever else a tenant's session may have put there: the partition says whose it is, and IAM guards that.
fn read(item: &HashMap<String, AttributeValue>) -> Option<DueReminder> {
    let item = ItemReader::new(item);
    let key = tenant_of_partition(item.partition().ok()?).filter(|key| key.kind == RecordKind::Reminder)?;
    let (at, _) = item.optional_text("gsi1sk")?.split_once('#')?;
    Some(DueReminder {
        tenant: ClaimedTenant::parse(key.tenant)?,
        task: TaskId::parse(item.sort().ok()?)?,
        remind_at: UtcTime::parse(at)?,
    })
}

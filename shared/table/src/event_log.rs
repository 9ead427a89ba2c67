//! A user's event log: numbered entries without a gap, each event in it once. A head row holds the log's name and newest number;
//! whoever appends writes it over from the number that they have read, together with the entries and a mark per event.

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use kernel::{Ambient, UserId, UtcTime};

use crate::{
    error::TableError,
    item::{Item, ItemBuilder, ItemReader, MalformedItem},
    key::{Key, Keys},
    tenant_table::TenantTable,
    transaction::Transaction,
};

/// The log's name and its newest number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLogHead {
    /// Another where the log was begun anew: numbers of one epoch mean nothing in another.
    pub epoch: String,
    /// 0 where nothing has happened yet.
    pub seq: i64,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLogEntry {
    pub seq: i64,
    /// The event as JSON, as it goes into frames.
    pub event: String,
}

/// When what an append writes may be forgotten: the entries, and the mark that keeps the step from being taken again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventLogExpiry {
    pub entries: UtcTime,
    pub mark: UtcTime,
}

impl TenantTable {
    /// The head of a user's log; `None` where nobody has asked for it yet.
    pub async fn event_log_head(&self, user: &UserId) -> Result<Option<EventLogHead>, TableError> {
        let item = self.get(&self.keys().event_log_head(user)).await?;
        item.as_ref().map(read_head).transpose().map_err(malformed)
    }

    /// The head of a user's log, which begins here where there is none.
    pub async fn open_event_log(
        &self,
        user: &UserId,
        ambient: &dyn Ambient,
    ) -> Result<EventLogHead, TableError> {
        if let Some(head) = self.event_log_head(user).await? {
            return Ok(head);
        }
        let head = EventLogHead { epoch: new_epoch(ambient), seq: 0 };
        match self.put_new(head_item(self.keys(), user, &head)).await {
            Ok(()) => Ok(head),
            Err(TableError::ConditionFailed { .. }) => {
                self.event_log_head(user).await?.ok_or_else(|| TableError::Other("the log vanished".into()))
            }
            Err(error) => Err(error),
        }
    }

    /// The entries `first` to `last`, both included, in order. Those that have expired are missing.
    pub async fn event_log_entries(
        &self,
        user: &UserId,
        first: i64,
        last: i64,
    ) -> Result<Vec<EventLogEntry>, TableError> {
        let (from, to) = (self.keys().event_log_entry(user, first), self.keys().event_log_entry(user, last));
        let items = self.query_between(&from.partition, &from.sort, &to.sort).await?;
        items.iter().map(read_entry).collect::<Result<_, _>>().map_err(malformed)
    }

    /// The entries of a step that was taken before, as far as they have not expired; `None` where it was not.
    pub async fn event_log_step(
        &self,
        user: &UserId,
        event_id: &str,
    ) -> Result<Option<Vec<EventLogEntry>>, TableError> {
        let Some(mark) = self.get(&self.keys().event_seen(user, event_id)).await? else { return Ok(None) };
        let mark = ItemReader::new(&mark);
        let (first, count) =
            (mark.number("seq").map_err(malformed)?, mark.number("count").map_err(malformed)?);
        self.event_log_entries(user, first, first + count - 1).await.map(Some)
    }
}

impl Transaction<'_> {
    /// Appends `events` behind `head`, as one step named `event_id`: a mark (the first element added; its condition fails where
    /// the step was taken before), the head (the second; fails where the log has moved on), and the entries.
    pub fn append_events(
        mut self,
        user: &UserId,
        head: &EventLogHead,
        event_id: &str,
        events: &[&str],
        expiry: EventLogExpiry,
    ) -> Self {
        let keys = self.keys();
        let mark = ItemBuilder::new(&keys.event_seen(user, event_id))
            .number("seq", head.seq + 1)
            .number("count", i64::try_from(events.len()).unwrap_or(0))
            .expires_at(expiry.mark);
        self = self.put_new(mark.build()).move_head(user, head, i64::try_from(events.len()).unwrap_or(0));
        for (event, seq) in events.iter().zip(head.seq + 1..) {
            let entry = ItemBuilder::new(&keys.event_log_entry(user, seq))
                .number("seq", seq)
                .text("event", *event)
                .expires_at(expiry.entries);
            self = self.put_any(entry.build());
        }
        self
    }

    fn move_head(self, user: &UserId, head: &EventLogHead, by: i64) -> Self {
        let next = EventLogHead { epoch: head.epoch.clone(), seq: head.seq + by };
        let put = Put::builder()
            .table_name(self.table_name())
            .set_item(Some(head_item(self.keys(), user, &next)))
            .condition_expression("epoch = :epoch AND seq = :seq")
            .expression_attribute_values(":epoch", AttributeValue::S(head.epoch.clone()))
            .expression_attribute_values(":seq", AttributeValue::N(head.seq.to_string()));
        self.push(put.build().map(|put| TransactWriteItem::builder().put(put)))
    }
}

fn head_item(keys: Keys<'_>, user: &UserId, head: &EventLogHead) -> Item {
    let key: Key = keys.event_log_head(user);
    ItemBuilder::new(&key).text("epoch", head.epoch.clone()).number("seq", head.seq).build()
}

fn read_head(item: &Item) -> Result<EventLogHead, MalformedItem> {
    let item = ItemReader::new(item);
    Ok(EventLogHead { epoch: item.text("epoch")?.to_owned(), seq: item.number("seq")? })
}

fn read_entry(item: &Item) -> Result<EventLogEntry, MalformedItem> {
    let item = ItemReader::new(item);
    Ok(EventLogEntry { seq: item.number("seq")?, event: item.text("event")?.to_owned() })
}

fn malformed(error: MalformedItem) -> TableError {
    TableError::Other(Box::new(error))
}

/// Nothing that anybody could guess, so that a position in one user's log is none in another's.
fn new_epoch(ambient: &dyn Ambient) -> String {
    let mut random = [0; 16];
    ambient.fill(&mut random);
    format!("{:032x}", u128::from_be_bytes(random))
}

//! Stretches of a partition, of the table or of an index.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};

use crate::{
    capacity::record_read,
    error::{TableError, classify},
    item::{Item, ItemReader},
    tenant_table::{Direction, TenantTable},
};

/// Sort before and behind every sort key there is.
const LOWEST: &str = "!";
const HIGHEST: &str = "~";

/// Whose order a stretch has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The table's own, strongly consistent.
    Table,
    /// An index's, which follows the table within a moment.
    FirstIndex,
    SecondIndex,
}

/// An item's place in an order: its keys there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub Vec<String>);

/// A stretch of one partition.
#[derive(Debug, Clone)]
pub struct Stretch {
    pub order: Order,
    /// From [`crate::Keys`].
    pub partition: String,
    /// The first and the last sort key, both included; to the end of the partition where there is none.
    pub between: (Option<String>, Option<String>),
    pub direction: Direction,
    pub limit: u8,
    pub after: Option<Position>,
}

impl Order {
    fn index(self) -> Option<&'static str> {
        match self {
            Self::Table => None,
            Self::FirstIndex => Some("gsi1"),
            Self::SecondIndex => Some("gsi2"),
        }
    }

    /// The attributes that place an item, those of the order first.
    fn key_names(self) -> &'static [&'static str] {
        match self {
            Self::Table => &["pk", "sk"],
            Self::FirstIndex => &["gsi1pk", "gsi1sk", "pk", "sk"],
            Self::SecondIndex => &["gsi2pk", "gsi2sk", "pk", "sk"],
        }
    }

    /// From where a stretch goes on behind this item, which was read in this order.
    #[must_use]
    pub fn position_of(self, item: &Item) -> Option<Position> {
        let reader = ItemReader::new(item);
        let parts = self.key_names().iter().map(|name| reader.optional_text(name).map(str::to_owned));
        parts.collect::<Option<_>>().map(Position)
    }
}

impl Stretch {
    /// The first and the last sort key that belong to it.
    fn bounds(&self) -> (&str, &str) {
        let (first, last) = &self.between;
        (first.as_deref().unwrap_or(LOWEST), last.as_deref().unwrap_or(HIGHEST))
    }

    /// What it would hold if there were no other items than these, and the position to go on behind; `None` at its end.
    #[must_use]
    pub fn out_of(&self, items: Vec<Item>) -> (Vec<Item>, Option<Position>) {
        let (first, last) = self.bounds();
        let ascends = self.direction == Direction::Ascending;
        let belongs = |Position(keys): &Position| {
            keys[0] == self.partition && first <= keys[1].as_str() && keys[1].as_str() <= last
        };
        let behind = |position: &Position| {
            self.after.as_ref().is_none_or(|after| if ascends { position > after } else { position < after })
        };
        let placed = items.into_iter().filter_map(|item| Some((self.order.position_of(&item)?, item)));
        let mut placed: Vec<_> =
            placed.filter(|(position, _)| belongs(position) && behind(position)).collect();
        placed.sort_unstable_by(|(one, _), (other, _)| if ascends { one.cmp(other) } else { other.cmp(one) });
        let more = placed.len() > usize::from(self.limit);
        placed.truncate(usize::from(self.limit));
        let last = placed.last().filter(|_| more).map(|(position, _)| position.clone());
        (placed.into_iter().map(|(_, item)| item).collect(), last)
    }
}

impl TenantTable {
    /// The items of a stretch, and the position to go on behind; `None` at its end. A row that another tenant has put into an
    /// index partition, where IAM does not look on writes, is dropped.
    pub async fn stretch(&self, stretch: &Stretch) -> Result<(Vec<Item>, Option<Position>), TableError> {
        let names = stretch.order.key_names();
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let (first, last) = stretch.bounds();
        // DynamoDB refuses a stretch that ends before it begins.
        if first > last {
            return Ok((Vec::new(), None));
        }
        let answer = self
            .client()
            .query()
            .table_name(self.name())
            .set_index_name(stretch.order.index().map(str::to_owned))
            .key_condition_expression(format!(
                "{} = :partition AND {} BETWEEN :first AND :last",
                names[0], names[1]
            ))
            .expression_attribute_values(":partition", text(&stretch.partition))
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last))
            .scan_index_forward(stretch.direction == Direction::Ascending)
            .limit(i32::from(stretch.limit))
            .set_exclusive_start_key(stretch.after.as_ref().map(|after| start_key(names, after)))
            .consistent_read(stretch.order == Order::Table)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_read(answer.consumed_capacity.as_slice());
        let last = answer.last_evaluated_key.as_ref().and_then(|key| stretch.order.position_of(key));
        let items = answer.items.unwrap_or_default().into_iter().filter(|item| self.owns(item)).collect();
        Ok((items, last))
    }
}

fn start_key(names: &[&str], after: &Position) -> HashMap<String, AttributeValue> {
    let parts = after.0.iter().map(|part| AttributeValue::S(part.clone()));
    names.iter().map(|name| (*name).to_owned()).zip(parts).collect()
}

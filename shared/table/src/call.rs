//! What others than the calls domain may read of a call's row, and the ways in which calls are listed.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use kernel::{CallId, ContactId, UserId, UtcTime};

use crate::{
    activity::users_of,
    capacity::record_read,
    error::{TableError, classify},
    item::{Item, ItemReader, MalformedItem},
    tenant_table::{QueryPage, TenantTable},
};

/// Whose call it is and how far it has come; neither number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallState {
    pub id: CallId,
    pub direction: String,
    /// `None` for a caller whom the tenant does not know.
    pub contact_id: Option<ContactId>,
    /// `None` while nobody has answered.
    pub user_id: Option<UserId>,
    pub owner_id: Option<UserId>,
    /// Whom an inbound call rings.
    pub rung_ids: Vec<UserId>,
    pub status: String,
    pub duration_seconds: Option<i64>,
    pub version: i64,
    pub updated_at: UtcTime,
}

/// Reads the row that the calls domain writes.
pub fn read_call_state(item: &Item) -> Result<CallState, MalformedItem> {
    let item = ItemReader::new(item);
    Ok(CallState {
        id: item.parsed("sk", CallId::parse)?,
        direction: item.text("direction")?.to_owned(),
        contact_id: item.optional_parsed("contact_id", ContactId::parse)?,
        user_id: item.optional_parsed("user_id", UserId::parse)?,
        owner_id: item.optional_parsed("owner_id", UserId::parse)?,
        rung_ids: item.optional_parsed("rung_ids", users_of)?.unwrap_or_default(),
        status: item.text("status")?.to_owned(),
        duration_seconds: item.optional_number("duration_seconds"),
        version: item.number("version")?,
        updated_at: item.time("updated_at")?,
    })
}

/// Whose calls are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallSource {
    /// All of the tenant, strongly consistent.
    Tenant,
    /// Those that a user made or answered, strongly consistent.
    User(UserId),
    /// Those with a contact, from an index that follows within a moment.
    Contact(ContactId),
}

/// A stretch of calls, the latest first.
#[derive(Debug, Clone)]
pub struct CallStretch {
    first: String,
    last: String,
    limit: u8,
    after: Option<String>,
}

impl CallStretch {
    /// Calls from `from` on and before `until`; `after` is where the stretch before ended.
    #[must_use]
    pub fn between(from: Option<UtcTime>, until: Option<UtcTime>, limit: u8, after: Option<String>) -> Self {
        let (first, last) = (CallId::earliest_at(from), CallId::latest_before(until));
        Self { first, last, limit, after }
    }
}

impl TenantTable {
    /// A stretch of calls. IAM does not look at index keys on writes, so a row that another tenant has put into a contact's
    /// partition is dropped here.
    pub async fn calls(&self, source: &CallSource, stretch: &CallStretch) -> Result<QueryPage, TableError> {
        // DynamoDB refuses a stretch that ends before it begins.
        if stretch.first > stretch.last {
            return Ok(QueryPage { items: Vec::new(), last: None });
        }
        match source {
            CallSource::Tenant => self.call_rows(self.keys().calls(), false, stretch).await,
            CallSource::Contact(contact) => {
                self.call_rows(self.keys().calls_of_contact(contact), true, stretch).await
            }
            CallSource::User(user) => {
                let page = self.call_rows(self.keys().calls_of_user(user), false, stretch).await?;
                let id = |item: &Item| ItemReader::new(item).parsed("sk", CallId::parse).ok();
                let keys: Vec<_> =
                    page.items.iter().filter_map(id).map(|call| self.keys().call(&call)).collect();
                let mut items = if keys.is_empty() { Vec::new() } else { self.get_many(&keys).await? };
                items.sort_by_key(|item| std::cmp::Reverse(id(item)));
                Ok(QueryPage { items, last: page.last })
            }
        }
    }

    async fn call_rows(
        &self,
        partition: String,
        by_contact: bool,
        stretch: &CallStretch,
    ) -> Result<QueryPage, TableError> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let condition = if by_contact {
            "gsi1pk = :partition AND gsi1sk BETWEEN :first AND :last"
        } else {
            "pk = :partition AND sk BETWEEN :first AND :last"
        };
        let start = stretch.after.as_ref().map(|call| {
            let mut key = HashMap::from([("sk".to_owned(), text(call))]);
            if by_contact {
                key.insert("pk".to_owned(), AttributeValue::S(self.keys().calls()));
                key.insert("gsi1pk".to_owned(), text(&partition));
                key.insert("gsi1sk".to_owned(), text(call));
            } else {
                key.insert("pk".to_owned(), text(&partition));
            }
            key
        });
        let answer = self
            .client()
            .query()
            .table_name(self.name())
            .set_index_name(by_contact.then(|| "gsi1".to_owned()))
            .key_condition_expression(condition)
            .expression_attribute_values(":partition", text(&partition))
            .expression_attribute_values(":first", text(&stretch.first))
            .expression_attribute_values(":last", text(&stretch.last))
            .scan_index_forward(false)
            .limit(i32::from(stretch.limit))
            .set_exclusive_start_key(start)
            .consistent_read(!by_contact)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_read(answer.consumed_capacity.as_slice());
        let last = answer.last_evaluated_key.as_ref();
        let last = last.and_then(|key| ItemReader::new(key).sort().ok()).map(str::to_owned);
        let items = answer.items.unwrap_or_default().into_iter().filter(|item| self.owns(item)).collect();
        Ok(QueryPage { items, last })
    }
}

//! Writes of which all or none happen.

use std::time::Duration;

use aws_sdk_dynamodb::{
    config::{Config, retry::RetryConfig},
    error::{BuildError, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, ConditionCheck, Delete, Put, ReturnConsumedCapacity, TransactWriteItem,
        builders::{ConditionCheckBuilder, PutBuilder, TransactWriteItemBuilder},
    },
};
use aws_smithy_runtime_api::client::{
    interceptors::context::InterceptorContext,
    retries::classifiers::{ClassifyRetry, RetryAction},
};
use kernel::{TenantId, UserId};

use crate::{
    capacity::record_write,
    error::{TableError, classify},
    item::Item,
    key::{Key, Keys},
    tenant_table::{TenantTable, attributes},
};

/// A transaction that others get in the way of is tried this often, with random waits in between that double from about
/// this: a few of them for the same item pass one after another within a tenth of a second.
const ATTEMPTS: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(25);

/// Collects writes; [`Transaction::commit`] carries them out together. DynamoDB takes at most 100.
#[derive(Debug)]
#[must_use]
pub struct Transaction<'a> {
    table: &'a TenantTable,
    elements: Vec<TransactWriteItem>,
    refusal: Option<TableError>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(table: &'a TenantTable) -> Self {
        Self { table, elements: Vec::new(), refusal: None }
    }

    /// Writes an item whose key must not be taken.
    pub fn put_new(self, item: Item) -> Self {
        self.put(item, |put| put.condition_expression("attribute_not_exists(pk)"))
    }

    /// Writes an item, whatever stood there.
    pub fn put_any(self, item: Item) -> Self {
        self.put(item, |put| put)
    }

    /// Writes the next state of an item that must still be at `version`.
    pub fn put_over_version(self, item: Item, version: i64) -> Self {
        self.put(item, |put| {
            put.condition_expression("#version = :version")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":version", AttributeValue::N(version.to_string()))
        })
    }

    fn put(mut self, item: Item, condition: impl FnOnce(PutBuilder) -> PutBuilder) -> Self {
        if let Err(error) = self.table.refuse_foreign(&item) {
            self.refusal.get_or_insert(error);
        }
        let put = condition(Put::builder().table_name(self.table.name()).set_item(Some(item)));
        self.push(put.build().map(|put| TransactWriteItem::builder().put(put)))
    }

    /// Whose rows it writes.
    pub(crate) fn tenant(&self) -> &'a TenantId {
        self.table.tenant()
    }

    pub(crate) fn keys(&self) -> Keys<'a> {
        self.table.keys()
    }

    pub(crate) fn table_name(&self) -> &'a str {
        self.table.name()
    }

    pub(crate) fn push(mut self, element: Result<TransactWriteItemBuilder, BuildError>) -> Self {
        match element {
            Ok(element) => self.elements.push(element.build()),
            Err(error) => {
                self.refusal.get_or_insert(TableError::Other(Box::new(error)));
            }
        }
        self
    }

    /// Removes an item that must still be at `version`.
    pub fn delete_at_version(mut self, key: &Key, version: i64) -> Self {
        if let Err(error) = self.table.refuse_foreign_key(key) {
            self.refusal.get_or_insert(error);
        }
        let delete = Delete::builder()
            .table_name(self.table.name())
            .set_key(Some(attributes(key)))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", AttributeValue::N(version.to_string()));
        self.push(delete.build().map(|delete| TransactWriteItem::builder().delete(delete)))
    }

    /// Removes an item, whether it is there or not.
    pub fn delete_any(mut self, key: &Key) -> Self {
        if let Err(error) = self.table.refuse_foreign_key(key) {
            self.refusal.get_or_insert(error);
        }
        let delete = Delete::builder().table_name(self.table.name()).set_key(Some(attributes(key)));
        self.push(delete.build().map(|delete| TransactWriteItem::builder().delete(delete)))
    }

    /// Demands that an item exists and has not been deleted.
    pub fn require_live(self, key: &Key) -> Self {
        self.check(key, |check| {
            check.condition_expression("attribute_exists(pk) AND attribute_not_exists(deleted_at)")
        })
    }

    /// Demands a user who has not been deactivated.
    pub fn require_active_user(self, user: &UserId) -> Self {
        let key = self.keys().user(user);
        self.check(&key, |check| {
            check
                .condition_expression("attribute_exists(pk) AND #status <> :disabled")
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":disabled", AttributeValue::S("disabled".to_owned()))
        })
    }

    fn check(
        mut self,
        key: &Key,
        condition: impl FnOnce(ConditionCheckBuilder) -> ConditionCheckBuilder,
    ) -> Self {
        if let Err(error) = self.table.refuse_foreign_key(key) {
            self.refusal.get_or_insert(error);
        }
        let check = ConditionCheck::builder().table_name(self.table.name()).set_key(Some(attributes(key)));
        self.push(condition(check).build().map(|check| TransactWriteItem::builder().condition_check(check)))
    }

    /// Carries the writes out. [`TableError::ConditionFailed`] names the first element, counted from 0 in the order they
    /// were added, whose condition did not hold; [`TableError::Conflict`] says that other writes got in the way of every attempt.
    pub async fn commit(self) -> Result<(), TableError> {
        if let Some(error) = self.refusal {
            return Err(error);
        }
        let answer = self
            .table
            .client()
            .transact_write_items()
            .set_transact_items(Some(self.elements))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .customize()
            .config_override(patient())
            .send()
            .await
            .map_err(classify_transaction)?;
        record_write(&answer.consumed_capacity.unwrap_or_default());
        Ok(())
    }
}

fn patient() -> aws_sdk_dynamodb::config::Builder {
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_WAIT);
    Config::builder().retry_config(retries).retry_classifier(ConflictsPass)
}

/// A transaction that was canceled for nothing but other writes has written nothing and may go through in a moment.
#[derive(Debug)]
struct ConflictsPass;

impl ClassifyRetry for ConflictsPass {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let error = error.and_then(|error| error.as_operation_error()?.downcast_ref());
        let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error else {
            return RetryAction::NoActionIndicated;
        };
        let codes = canceled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default());
        let (mut conflict, mut other) = (false, false);
        for code in codes {
            match code {
                "TransactionConflict" => conflict = true,
                "None" | "" => {}
                _ => other = true,
            }
        }
        if conflict && !other { RetryAction::transient_error() } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "conflicts pass"
    }
}

fn classify_transaction(error: SdkError<TransactWriteItemsError>) -> TableError {
    let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error()
    else {
        return classify(error);
    };
    let codes: Vec<_> =
        canceled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default()).collect();
    if let Some(element) = codes.iter().position(|code| *code == "ConditionalCheckFailed") {
        return TableError::ConditionFailed { element };
    }
    if codes.contains(&"TransactionConflict") {
        return TableError::Conflict(Box::new(error));
    }
    if codes.iter().any(|code| matches!(*code, "ThrottlingError" | "ProvisionedThroughputExceeded")) {
        return TableError::Throttled(Box::new(error));
    }
    TableError::Other(Box::new(error))
}

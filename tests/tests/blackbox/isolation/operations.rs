//! Every DynamoDB operation, as something that is either let through or not.

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{
        AttributeValue, ConditionCheck as Check, Get, KeysAndAttributes, Put, PutRequest, TransactGetItem,
        TransactWriteItem, WriteRequest,
    },
};

use super::leak;
use crate::{
    aws::{Item, key},
    failed::Outcome,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    GetItem,
    PutItem,
    UpdateItem,
    DeleteItem,
    Query,
    BatchGetItem,
    BatchGetItemMixed,
    BatchWriteItem,
    BatchWriteItemMixed,
    TransactGetItems,
    TransactGetItemsMixed,
    TransactWriteItems,
    TransactWriteItemsMixed,
    ConditionCheck,
    PartiQlSelect,
    PartiQlUpdate,
    QueryIndex,
    ScanIndex,
    Scan,
}

use Operation::{
    BatchGetItem, BatchGetItemMixed, BatchWriteItem, BatchWriteItemMixed, ConditionCheck, DeleteItem,
    GetItem, PartiQlSelect, PartiQlUpdate, PutItem, Query, QueryIndex, Scan, ScanIndex, TransactGetItems,
    TransactGetItemsMixed, TransactWriteItems, TransactWriteItemsMixed, UpdateItem,
};

/// On a row. The mixed ones name an own row beside it.
pub const ON_ROWS: [Operation; 16] = [
    GetItem,
    PutItem,
    UpdateItem,
    DeleteItem,
    Query,
    BatchGetItem,
    BatchGetItemMixed,
    BatchWriteItem,
    BatchWriteItemMixed,
    TransactGetItems,
    TransactGetItemsMixed,
    TransactWriteItems,
    TransactWriteItemsMixed,
    ConditionCheck,
    PartiQlSelect,
    PartiQlUpdate,
];

/// On an index partition, and on everything there is.
pub const ON_INDEX_AND_TABLE: [Operation; 3] = [QueryIndex, ScanIndex, Scan];

/// Those whose right an own row tells alone.
pub const SINGLE: [Operation; 7] =
    [GetItem, PutItem, UpdateItem, DeleteItem, Query, BatchGetItem, ConditionCheck];

/// The table under some session.
pub struct Session {
    pub client: Client,
    pub table: String,
}

impl Session {
    /// Whether IAM lets the operation through; what becomes of it then does not matter. `own` is the row that mixed operations
    /// name beside `row`.
    pub async fn permits(&self, operation: Operation, own: &Item, row: &Item) -> Outcome<bool> {
        match operation {
            GetItem | Query | BatchGetItem | BatchGetItemMixed | TransactGetItems | TransactGetItemsMixed => {
                self.read(operation, own, row).await
            }
            PartiQlSelect | PartiQlUpdate | QueryIndex | ScanIndex | Scan => self.sweep(operation, row).await,
            _ => self.write(operation, own, row).await,
        }
    }

    async fn read(&self, operation: Operation, own: &Item, row: &Item) -> Outcome<bool> {
        let (client, table) = (&self.client, &self.table);
        let both = [key_of(own), key_of(row)];
        let keys = if matches!(operation, BatchGetItemMixed | TransactGetItemsMixed) {
            &both[..]
        } else {
            &both[1..]
        };
        match operation {
            GetItem => verdict(client.get_item().table_name(table).set_key(Some(key_of(row))).send().await),
            Query => {
                let query = client.query().table_name(table).key_condition_expression("pk = :pk");
                verdict(query.expression_attribute_values(":pk", row["pk"].clone()).send().await)
            }
            BatchGetItem | BatchGetItemMixed => {
                let wanted = KeysAndAttributes::builder().set_keys(Some(keys.to_vec())).build()?;
                verdict(client.batch_get_item().request_items(table, wanted).send().await)
            }
            _ => {
                let mut request = client.transact_get_items();
                for key in keys {
                    let get = Get::builder().table_name(table).set_key(Some(key.clone())).build()?;
                    request = request.transact_items(TransactGetItem::builder().get(get).build());
                }
                verdict(request.send().await)
            }
        }
    }

    async fn write(&self, operation: Operation, own: &Item, row: &Item) -> Outcome<bool> {
        let (client, table) = (&self.client, &self.table);
        let both = [own, row];
        let mixed = matches!(operation, BatchWriteItemMixed | TransactWriteItemsMixed);
        let rows = if mixed { &both[..] } else { &both[1..] };
        match operation {
            PutItem => verdict(client.put_item().table_name(table).set_item(Some(row.clone())).send().await),
            UpdateItem => {
                let update = client.update_item().table_name(table).set_key(Some(key_of(row)));
                let update = update.update_expression("SET mark = :mark");
                verdict(update.expression_attribute_values(":mark", AttributeValue::Bool(true)).send().await)
            }
            // Of a row beside the one given, so that allowed ones remove nothing.
            DeleteItem => {
                let beside = key(text(row, "pk"), "absent");
                verdict(client.delete_item().table_name(table).set_key(Some(beside)).send().await)
            }
            BatchWriteItem | BatchWriteItemMixed => {
                let put = |item: &&Item| PutRequest::builder().set_item(Some((*item).clone())).build();
                let puts = rows.iter().map(put).collect::<Result<Vec<_>, _>>()?;
                let writes =
                    puts.into_iter().map(|put| WriteRequest::builder().put_request(put).build()).collect();
                verdict(client.batch_write_item().request_items(table, writes).send().await)
            }
            ConditionCheck => {
                let check = Check::builder().table_name(table).set_key(Some(key_of(row)));
                let check = check.condition_expression("attribute_exists(pk)").build()?;
                let element = TransactWriteItem::builder().condition_check(check).build();
                verdict(client.transact_write_items().transact_items(element).send().await)
            }
            _ => {
                let mut request = client.transact_write_items();
                for row in rows {
                    let put = Put::builder().table_name(table).set_item(Some((*row).clone())).build()?;
                    request = request.transact_items(TransactWriteItem::builder().put(put).build());
                }
                verdict(request.send().await)
            }
        }
    }

    async fn sweep(&self, operation: Operation, row: &Item) -> Outcome<bool> {
        let (client, table) = (&self.client, &self.table);
        match operation {
            Scan => verdict(client.scan().table_name(table).limit(1).send().await),
            ScanIndex => verdict(client.scan().table_name(table).index_name("gsi1").limit(1).send().await),
            QueryIndex => {
                let query = client.query().table_name(table).index_name("gsi1");
                let query = query.key_condition_expression("gsi1pk = :pk");
                verdict(query.expression_attribute_values(":pk", row["gsi1pk"].clone()).send().await)
            }
            _ => {
                let statement = if operation == PartiQlSelect {
                    format!(r#"SELECT * FROM "{table}" WHERE pk = ? AND sk = ?"#)
                } else {
                    format!(r#"UPDATE "{table}" SET mark = true WHERE pk = ? AND sk = ?"#)
                };
                let request = client.execute_statement().statement(statement);
                verdict(request.parameters(row["pk"].clone()).parameters(row["sk"].clone()).send().await)
            }
        }
    }
}

pub fn key_of(item: &Item) -> Item {
    key(text(item, "pk"), text(item, "sk"))
}

pub fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_s().expect("keys are text")
}

/// A condition that did not hold was looked at, so the operation was let through.
fn verdict<T, E, R>(outcome: Result<T, SdkError<E, R>>) -> Outcome<bool>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let Err(error) = outcome else { return Ok(true) };
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some("AccessDeniedException") => Ok(false),
        Some("ConditionalCheckFailedException" | "TransactionCanceledException") => Ok(true),
        other => Err(leak(format!("neither let through nor denied, but {other:?}: {error:?}"))),
    }
}

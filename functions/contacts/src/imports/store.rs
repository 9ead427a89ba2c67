//! The row of an import.

use kernel::{Failure, ImportId, UserId};
use table::{Item, ItemBuilder, ItemReader, MalformedItem, Purpose, TableError};
use tenancy::{TenantScope, seal_record, unseal_record};

use super::import::{Counts, FileFault, Import, Order, Position, Status};

/// Rows are swept up so long after they were made.
const LIFETIME_SECONDS: i64 = 90 * 24 * 3600;

pub async fn find(scope: &TenantScope, id: &ImportId) -> Result<Option<Import>, Failure> {
    let item = scope.table.get(&scope.table.keys().import(id)).await?;
    match item {
        Some(item) => read(scope, &item).await.map(Some),
        None => Ok(None),
    }
}

/// [`Failure::Stale`] where there is one of that id.
pub async fn insert(scope: &TenantScope, import: &Import) -> Result<(), Failure> {
    let item = item(scope, import).await?;
    stale(scope.table.put_new(item).await)
}

/// Writes the next version of an import over the one before; [`Failure::Stale`] where somebody else has gone on with it.
pub async fn replace(scope: &TenantScope, next: &Import) -> Result<(), Failure> {
    let item = item(scope, next).await?;
    stale(scope.table.transaction().put_over_version(item, next.version - 1).commit().await)
}

fn stale(outcome: Result<(), TableError>) -> Result<(), Failure> {
    match outcome {
        Err(TableError::ConditionFailed { .. }) => Err(Failure::Stale),
        outcome => Ok(outcome?),
    }
}

async fn item(scope: &TenantScope, import: &Import) -> Result<Item, Failure> {
    let key = scope.table.keys().import(&import.id);
    let fault = import.fault.as_ref().map(serde_json::to_string).transpose().map_err(Failure::internal)?;
    let number = |count: u32| i64::from(count);
    let item = ItemBuilder::new(&key)
        .text("user_id", import.user.as_str())
        .text("status", import.status.as_str())
        .number("size_bytes", import.size)
        .number("byte_offset", i64::try_from(import.position.offset).map_err(Failure::internal)?)
        .number("row", import.position.row)
        .optional_number("rows_total", import.rows_total)
        .number("rows_done", number(import.counts.all()))
        .number("created", import.counts.created)
        .number("updated", import.counts.updated)
        .number("skipped", import.counts.skipped)
        .number("failed", import.counts.failed)
        .number("report_parts", import.report_parts)
        .optional_text("fault", fault)
        .number("version", import.version)
        .time("created_at", import.created_at)
        .optional_time("started_at", import.started_at)
        .time("updated_at", import.updated_at)
        .optional_time("finished_at", import.finished_at)
        .expires_at(import.created_at.plus_seconds(LIFETIME_SECONDS));
    let Some(order) = &import.order else { return Ok(item.build()) };
    let sealed = seal_record(&*scope.vault().await?, &key, Purpose::ImportPlan, order)?;
    Ok(item.sealed(Purpose::ImportPlan, sealed).build())
}

async fn read(scope: &TenantScope, item: &Item) -> Result<Import, Failure> {
    let row = ItemReader::new(item);
    let count = |attribute: &'static str| {
        let number = row.number(attribute)?;
        u32::try_from(number).map_err(|_| MalformedItem { attribute })
    };
    let order: Option<Order> = match row.sealed(Purpose::ImportPlan) {
        Ok(_) => Some(unseal_record(&*scope.vault().await?, row, Purpose::ImportPlan)?),
        Err(_) => None,
    };
    let fault = row.optional_text("fault").map(serde_json::from_str::<FileFault>);
    let rows_total = row.optional_number("rows_total").map(u32::try_from);
    Ok(Import {
        id: row.parsed("sk", ImportId::parse)?,
        user: row.parsed("user_id", UserId::parse)?,
        status: row.parsed("status", Status::parse)?,
        size: row.number("size_bytes")?,
        order,
        position: Position {
            offset: u64::try_from(row.number("byte_offset")?).map_err(Failure::internal)?,
            row: count("row")?,
        },
        rows_total: rows_total.transpose().map_err(Failure::internal)?,
        counts: Counts {
            created: count("created")?,
            updated: count("updated")?,
            skipped: count("skipped")?,
            failed: count("failed")?,
        },
        report_parts: count("report_parts")?,
        fault: fault.transpose().map_err(Failure::internal)?,
        version: row.number("version")?,
        created_at: row.time("created_at")?,
        started_at: row.optional_time("started_at")?,
        updated_at: row.time("updated_at")?,
        finished_at: row.optional_time("finished_at")?,
    })
}

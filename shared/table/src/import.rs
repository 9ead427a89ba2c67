//! What others than the contacts domain may read of an import's row.

use kernel::{ImportId, UserId, UtcTime};

use crate::item::{Item, ItemReader, MalformedItem};

/// Whose import it is and how far it has come; nothing of what is in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportState {
    pub id: ImportId,
    pub user_id: UserId,
    /// `awaiting_upload`, `checking`, `running`, `completed` or `failed`.
    pub status: String,
    /// Without the header; absent until the file has been looked through.
    pub rows_total: Option<i64>,
    pub rows_done: i64,
    pub created: i64,
    pub updated: i64,
    pub skipped: i64,
    pub failed: i64,
    pub version: i64,
    pub updated_at: UtcTime,
}

impl ImportState {
    /// Whether nothing more will come of it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "completed" | "failed")
    }
}

/// Reads the row that the contacts domain writes.
pub fn read_import_state(item: &Item) -> Result<ImportState, MalformedItem> {
    let item = ItemReader::new(item);
    Ok(ImportState {
        id: item.parsed("sk", ImportId::parse)?,
        user_id: item.parsed("user_id", UserId::parse)?,
        status: item.text("status")?.to_owned(),
        rows_total: item.optional_number("rows_total"),
        rows_done: item.number("rows_done")?,
        created: item.number("created")?,
        updated: item.number("updated")?,
        skipped: item.number("skipped")?,
        failed: item.number("failed")?,
        version: item.number("version")?,
        updated_at: item.time("updated_at")?,
    })
}

//! What others than the calls domain may read of a call's row.

use kernel::{CallId, ContactId, UserId, UtcTime};

use crate::item::{Item, ItemReader, MalformedItem};

/// Whose call it is and how far it has come; neither number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallState {
    pub id: CallId,
    pub contact_id: ContactId,
    pub user_id: UserId,
    pub owner_id: UserId,
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
        contact_id: item.parsed("contact_id", ContactId::parse)?,
        user_id: item.parsed("user_id", UserId::parse)?,
        owner_id: item.parsed("owner_id", UserId::parse)?,
        status: item.text("status")?.to_owned(),
        duration_seconds: item.optional_number("duration_seconds"),
        version: item.number("version")?,
        updated_at: item.time("updated_at")?,
    })
}

//! What others than the contacts domain may read of a contact's row.

use kernel::{
    UserId,
    access::{ContactAccess, Visibility},
};

use crate::item::{Item, ItemReader, MalformedItem};

/// Who may see the contact; `None` where it has been deleted.
pub fn read_contact_access(item: &Item) -> Result<Option<ContactAccess>, MalformedItem> {
    let item = ItemReader::new(item);
    if item.optional_text("deleted_at").is_some() {
        return Ok(None);
    }
    let owner = item.parsed("owner_id", UserId::parse)?;
    Ok(Some(ContactAccess { owner, visibility: item.parsed("visibility", Visibility::parse)? }))
}

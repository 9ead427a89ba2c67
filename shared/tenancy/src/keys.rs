//! Wrapped keys as items.

use table::{Item, ItemBuilder, ItemReader, Keys, MalformedItem};
use vault::{KeyKind, WrappedKey};

/// The row of a wrapped key. Its key repeats kind and version, so that no two keys share a row.
#[must_use]
pub fn wrapped_key_item(keys: Keys<'_>, wrapped: &WrappedKey) -> Item {
    ItemBuilder::new(&keys.wrapped_key(wrapped.kind.as_str(), wrapped.version))
        .text("kind", wrapped.kind.as_str())
        .number("key_version", wrapped.version)
        .bytes("wrapped_key", wrapped.ciphertext.clone())
        .build()
}

/// The wrapped key in a row that [`wrapped_key_item`] made.
pub fn read_wrapped_key(item: &Item) -> Result<WrappedKey, MalformedItem> {
    let item = ItemReader::new(item);
    let malformed = MalformedItem { attribute: "key_version" };
    Ok(WrappedKey {
        kind: item.parsed("kind", |kind| {
            [KeyKind::Data, KeyKind::Index].into_iter().find(|known| known.as_str() == kind)
        })?,
        version: item.number("key_version")?.try_into().map_err(|_| malformed)?,
        ciphertext: item.bytes("wrapped_key")?.to_vec(),
    })
}

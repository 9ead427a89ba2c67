//! Cursors: sealed, so that they show no keys, and bound to tenant, route and filter, so that none works elsewhere.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kernel::Failure;

use crate::seal::{SealError, TenantVault};

/// What a cursor belongs to beside its tenant (whose key seals it).
#[derive(Debug, Clone, Copy)]
pub struct CursorBinding<'a> {
    /// The route's function key, e.g. `contacts-list`.
    pub route: &'a str,
    /// Everything that decides which items are listed and in what order, in a fixed form.
    pub filter: &'a str,
}

impl TenantVault {
    /// The opaque text of a position in a list.
    pub fn write_cursor(&self, binding: CursorBinding<'_>, position: &str) -> Result<String, SealError> {
        let sealed = self.seal_cursor(&[binding.route, binding.filter], position.as_bytes())?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The position behind a cursor; [`Failure::Invalid`] naming `cursor` for one that was changed, or that another
    /// tenant, route or filter was given.
    pub fn read_cursor(&self, binding: CursorBinding<'_>, cursor: &str) -> Result<String, Failure> {
        BASE64_URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|sealed| self.open_cursor(&[binding.route, binding.filter], &sealed).ok())
            .and_then(|position| String::from_utf8(position).ok())
            .ok_or_else(|| {
                Failure::field("cursor", "invalid_cursor", "This cursor does not belong to this list.")
            })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::SystemAmbient;

    use super::*;
    use crate::provider::{KeyKind, PlainKey};

    #[test]
    fn a_cursor_works_for_its_own_list_only() {
        let vault = |byte| {
            let key = PlainKey::from_bytes(&[byte; 32]).unwrap();
            TenantVault::new(&[(KeyKind::Data, 1, key)], Arc::new(SystemAmbient))
        };
        let list = CursorBinding { route: "contacts-list", filter: "" };
        let cursor = vault(1).write_cursor(list, "con_1").unwrap();
        assert_eq!(vault(1).read_cursor(list, &cursor).unwrap(), "con_1");
        assert!(vault(1).read_cursor(CursorBinding { filter: "tag=x", ..list }, &cursor).is_err());
        assert!(vault(1).read_cursor(CursorBinding { route: "calls-list", ..list }, &cursor).is_err());
        assert!(vault(2).read_cursor(list, &cursor).is_err());
        assert!(vault(1).read_cursor(list, "").is_err());
    }
}

//! What a row of the search's log tells those who cannot open it.

use crate::item::{Item, ItemReader};

/// What became of the row's contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoggedChange {
    Written,
    /// It has to leave the shards soon.
    Removed,
}

impl LoggedChange {
    pub const ATTRIBUTE: &str = "change";

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Removed => "removed",
        }
    }

    /// `None` where the row says neither.
    #[must_use]
    pub fn of(row: &Item) -> Option<Self> {
        let text = ItemReader::new(row).optional_text(Self::ATTRIBUTE)?;
        [Self::Written, Self::Removed].into_iter().find(|change| change.as_str() == text)
    }
}

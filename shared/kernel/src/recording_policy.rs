//! What a tenant has decided about recording its calls.

use serde::{Deserialize, Serialize};

/// Whether calls are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingPolicy {
    Never,
    Always,
    /// After the other side has agreed.
    Ask,
}

impl RecordingPolicy {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Always => "always",
            Self::Ask => "ask",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Never, Self::Always, Self::Ask].into_iter().find(|known| known.as_str() == text)
    }
}

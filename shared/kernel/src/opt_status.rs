//! Whether a contact wants to be reached, by channel. Contacts keep it; whatever reaches people heeds it.

use serde::{Deserialize, Serialize};

use crate::time::UtcTime;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptChoice {
    #[default]
    Unknown,
    OptedIn,
    OptedOut,
}

/// A choice, and since when it holds; no time where nobody has ever chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptState {
    pub status: OptChoice,
    pub changed_at: Option<UtcTime>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptStates {
    pub call: OptState,
    pub sms: OptState,
    pub email: OptState,
}

impl OptStates {
    #[must_use]
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }
}

//! Whether a contact wants to be reached, by channel.

use kernel::UtcTime;
use serde::{Deserialize, Serialize};

use crate::merge_patch::Member;

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

/// Channels of which something is said.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OptChange {
    call: Member<OptInput>,
    sms: Member<OptInput>,
    email: Member<OptInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptInput {
    status: OptChoice,
}

impl OptChange {
    /// Null makes a choice unknown again.
    pub fn apply(self, mut states: OptStates, now: UtcTime) -> OptStates {
        let channels =
            [(self.call, &mut states.call), (self.sms, &mut states.sms), (self.email, &mut states.email)];
        for (change, state) in channels {
            let choice = match change {
                Member::Left => continue,
                Member::Cleared => OptChoice::Unknown,
                Member::Given(input) => input.status,
            };
            if choice != state.status {
                *state = OptState { status: choice, changed_at: Some(now) };
            }
        }
        states
    }
}

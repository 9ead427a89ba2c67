//! Whether a contact wants to be reached, by channel.

use kernel::{OptChoice, OptState, OptStates, UtcTime};
use serde::Deserialize;

use crate::merge_patch::Member;

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
    /// Every choice unknown again, as null for each of the channels makes it.
    pub fn clearing() -> Self {
        Self { call: Member::Cleared, sms: Member::Cleared, email: Member::Cleared }
    }

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

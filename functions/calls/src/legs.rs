//! A call of several legs, and what they amount to.
//!
//! Every leg's state merges on its own (`progress.rs`); the call's follows from all of them by a function that does not ask in
//! what order they were heard of. So any order, repetition and, as far as an end is heard at all, loss of reports ends alike.

use std::collections::BTreeMap;

use kernel::{UserId, UtcTime};
use serde::{Deserialize, Serialize};

use crate::{
    call::{Direction, ProviderCallId},
    progress::{CallStatus, Progress, Report},
};

/// Whose telephone a leg leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegRole {
    /// A user's telephone or browser.
    Agent,
    /// The other side's.
    Contact,
}

impl LegRole {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Contact => "contact",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Agent, Self::Contact].into_iter().find(|role| role.as_str() == text)
    }
}

/// One leg as far as it has been heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    pub role: LegRole,
    /// Of an agent's leg.
    pub user: Option<UserId>,
    pub progress: Progress,
    /// It was reported to have ended without an answer, whatever else was.
    #[serde(default)]
    pub unanswered: bool,
}

/// Something learnt about one leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegNews {
    pub id: ProviderCallId,
    pub role: LegRole,
    pub user: Option<UserId>,
    pub report: Report,
}

/// All legs of a call, by the provider's ids, and what is known of the call beside them: that it was never placed, or was
/// given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Legs {
    pub own: Progress,
    pub legs: BTreeMap<ProviderCallId, Leg>,
}

impl Default for Legs {
    fn default() -> Self {
        Self { own: Progress::NEW, legs: BTreeMap::new() }
    }
}

impl Legs {
    /// The state after one more report about a leg.
    #[must_use]
    pub fn merge(mut self, news: &LegNews) -> Self {
        let leg = self.legs.entry(news.id.clone()).or_insert_with(|| Leg {
            role: news.role,
            user: news.user.clone(),
            progress: Progress::NEW,
            unanswered: false,
        });
        leg.progress = leg.progress.merge(news.report);
        let status = news.report.status;
        leg.unanswered |= status.is_final() && status != CallStatus::Completed;
        self
    }

    /// The state after a report about the call as such.
    #[must_use]
    pub fn merge_own(mut self, report: Report) -> Self {
        self.own = self.own.merge(report);
        self
    }

    /// What the legs amount to.
    #[must_use]
    pub fn progress(&self, direction: Direction) -> Progress {
        let far = match direction {
            Direction::Outbound => self.outbound(),
            Direction::Inbound => self.inbound(),
        };
        far.joined(self.own)
    }

    /// Who answered an inbound call first; of two in the same millisecond, the leg with the lower id.
    #[must_use]
    pub fn answered_by(&self) -> Option<&UserId> {
        self.answering_leg().and_then(|leg| leg.user.as_ref())
    }

    /// An outbound call is with the contact's leg. As long as that may still tell how it went, the end of the agent's leg, whose
    /// report may well come first, ends nothing.
    fn outbound(&self) -> Progress {
        let contact = self.of(LegRole::Contact);
        let Some(agent) = self.of(LegRole::Agent) else { return contact.unwrap_or(Progress::NEW) };
        let contact = contact.unwrap_or(Progress::NEW);
        if contact.status.is_final() {
            return contact;
        }
        if self.legs.values().any(|leg| leg.role == LegRole::Agent && leg.unanswered) {
            // The user's telephone was not answered, whatever is said later: the contact's never rings.
            let failed = agent.status == CallStatus::Failed;
            let status = if failed { CallStatus::Failed } else { CallStatus::Canceled };
            return Progress { status, completed_at: agent.completed_at, ..Progress::NEW };
        }
        // While the contact's leg is being set up, the user hears it ring already.
        let set_up = if agent.status < CallStatus::Ringing { agent.status } else { CallStatus::Ringing };
        Progress { status: contact.status.max(set_up), ..contact }
    }

    /// An inbound call is with the first agent who answers it.
    fn inbound(&self) -> Progress {
        let caller = self.of(LegRole::Contact).unwrap_or(Progress::NEW);
        let ringing = Progress { status: CallStatus::Ringing, ..Progress::NEW };
        let Some(leg) = self.answering_leg() else {
            return match caller.status {
                // That our instructions answered it does not mean that anybody did.
                CallStatus::Completed => Progress {
                    status: CallStatus::NoAnswer,
                    completed_at: caller.completed_at,
                    ..Progress::NEW
                },
                status if status.is_final() => caller,
                _ => ringing,
            };
        };
        // A second one who answered and has hung up again ends it as well, whoever was first.
        let ends = self.legs.values().filter(|leg| leg.progress.status == CallStatus::Completed);
        let end = ends.map(|leg| leg.progress.completed_at).max().flatten();
        if leg.progress.status.is_final() || end.is_none() && !caller.status.is_final() {
            return leg.progress;
        }
        cut_off(leg.progress, caller.completed_at.max(end))
    }

    fn answering_leg(&self) -> Option<&Leg> {
        // A leg that was canceled as well, because another was first, has not got the call.
        let answered = |(_, leg): &(&ProviderCallId, &Leg)| {
            leg.role == LegRole::Agent
                && [CallStatus::InProgress, CallStatus::Completed].contains(&leg.progress.status)
        };
        let (_, leg) = self.legs.iter().filter(answered).min_by_key(|(id, leg)| {
            (leg.progress.answered_at().or(leg.progress.completed_at), (*id).clone())
        })?;
        Some(leg)
    }

    fn of(&self, role: LegRole) -> Option<Progress> {
        let legs = self.legs.values().filter(|leg| leg.role == role).map(|leg| leg.progress);
        legs.reduce(Progress::joined)
    }
}

/// A leg whose own end has not been heard of, but that of the leg it hangs on.
fn cut_off(leg: Progress, end: Option<UtcTime>) -> Progress {
    let Some(answered) = leg.heard_answered_at else {
        return Progress { status: CallStatus::Canceled, completed_at: end, ..Progress::NEW };
    };
    let lasted = end.map(|end| (end.as_second() - answered.as_second()).max(0));
    Progress {
        status: CallStatus::Completed,
        heard_answered_at: Some(answered),
        completed_at: end,
        duration_seconds: lasted.and_then(|seconds| u32::try_from(seconds).ok()),
    }
}

#[cfg(test)]
mod tests;

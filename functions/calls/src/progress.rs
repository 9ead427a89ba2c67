//! How a call's state follows from what the provider reports, whatever the order, however often.
//!
//! Reports arrive twice, late and out of order. Each field only ever moves one way (the status up its ranks, the answer to
//! the earliest time heard, the end to the latest), so merging is commutative, associative and idempotent: any order and
//! repetition of the same reports ends in the same state.

use kernel::UtcTime;
use serde::{Deserialize, Serialize};

/// Where a call is in its life; ordered by rank, lowest first. Of two final states that contradict each other the higher
/// one stands: a provider that says "completed" has spoken to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallStatus {
    Queued,
    Initiated,
    Ringing,
    InProgress,
    Canceled,
    Failed,
    NoAnswer,
    Busy,
    Completed,
}

impl CallStatus {
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Initiated,
        Self::Ringing,
        Self::InProgress,
        Self::Canceled,
        Self::Failed,
        Self::NoAnswer,
        Self::Busy,
        Self::Completed,
    ];

    /// The provider's word, which the API uses too.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::InProgress => "in-progress",
            Self::Canceled => "canceled",
            Self::Failed => "failed",
            Self::NoAnswer => "no-answer",
            Self::Busy => "busy",
            Self::Completed => "completed",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether the call is over.
    #[must_use]
    pub fn is_final(self) -> bool {
        self >= Self::Canceled
    }

    /// How the attempt ended, apart from what it was worth; `None` while it goes on.
    #[must_use]
    pub fn disposition(self) -> Option<&'static str> {
        match self {
            Self::Queued | Self::Initiated | Self::Ringing | Self::InProgress => None,
            Self::Completed => Some("answered"),
            ended => Some(ended.as_str()),
        }
    }
}

/// One report of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    pub status: CallStatus,
    /// When it happened, as the provider says, if it does. When the report came says nothing: it may come twice.
    pub at: Option<UtcTime>,
    /// Seconds from answer to end; with a final status.
    pub duration_seconds: Option<u32>,
}

impl Report {
    /// The report with a time, where it says that the call is over and not when: the earliest that a call dialed at `dialed_at`
    /// can have ended, the same however often it is reported, and overruled by any report that knows better.
    #[must_use]
    pub fn dated(self, dialed_at: UtcTime) -> Self {
        let duration = i64::from(self.duration_seconds.unwrap_or_default());
        let earliest = self.status.is_final().then(|| dialed_at.plus_seconds(duration));
        Self { at: self.at.or(earliest), ..self }
    }
}

/// What all reports so far amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub status: CallStatus,
    /// Earliest time at which somebody was heard to have answered.
    pub heard_answered_at: Option<UtcTime>,
    /// Latest time at which the call was said to be over.
    pub completed_at: Option<UtcTime>,
    pub duration_seconds: Option<u32>,
}

impl Progress {
    /// Nothing reported yet.
    pub const NEW: Self = Self {
        status: CallStatus::Queued,
        heard_answered_at: None,
        completed_at: None,
        duration_seconds: None,
    };

    /// The state after one more report.
    #[must_use]
    pub fn merge(self, report: Report) -> Self {
        let answered = report.at.filter(|_| report.status == CallStatus::InProgress);
        let completed = report.at.filter(|_| report.status.is_final());
        Self {
            status: self.status.max(report.status),
            heard_answered_at: earliest(self.heard_answered_at, answered),
            completed_at: self.completed_at.max(completed),
            duration_seconds: self.duration_seconds.max(report.duration_seconds),
        }
    }

    /// What two accounts of the same amount to.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self {
            status: self.status.max(other.status),
            heard_answered_at: earliest(self.heard_answered_at, other.heard_answered_at),
            completed_at: self.completed_at.max(other.completed_at),
            duration_seconds: self.duration_seconds.max(other.duration_seconds),
        }
    }

    /// When it was answered: as heard, or else reckoned back from end and duration where that report was lost.
    #[must_use]
    pub fn answered_at(self) -> Option<UtcTime> {
        let reckoned = || match (self.status, self.completed_at, self.duration_seconds) {
            (CallStatus::Completed, Some(end), Some(seconds)) => Some(end.plus_seconds(-i64::from(seconds))),
            _ => None,
        };
        self.heard_answered_at.or_else(reckoned)
    }
}

fn earliest(one: Option<UtcTime>, other: Option<UtcTime>) -> Option<UtcTime> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> UtcTime {
        UtcTime::from_millisecond(1_790_000_000_000 + second * 1000).unwrap()
    }

    fn reports() -> impl Strategy<Value = Vec<Report>> {
        let report = (
            prop::sample::select(&CallStatus::ALL[..]),
            prop::option::of(0i64..100),
            prop::option::of(0u32..90),
        )
            .prop_map(|(status, second, duration)| Report {
                status,
                at: second.map(at),
                duration_seconds: duration.filter(|_| status.is_final()),
            });
        prop::collection::vec(report, 1..10)
    }

    fn merge_all(reports: &[Report]) -> Progress {
        reports.iter().fold(Progress::NEW, |progress, report| progress.merge(*report))
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_ends_alike(
            (reports, shuffled) in reports().prop_flat_map(|reports| (Just(reports.clone()), Just(reports).prop_shuffle())),
            repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        ) {
            let mut delivered = shuffled;
            for repeat in repeats {
                delivered.push(delivered[repeat.index(delivered.len())]);
            }
            prop_assert_eq!(merge_all(&delivered), merge_all(&reports));
        }

        #[test]
        fn a_call_that_is_over_stays_over(reports in reports()) {
            let mut over = false;
            let mut progress = Progress::NEW;
            for report in reports {
                progress = progress.merge(report);
                prop_assert!(!over || progress.status.is_final());
                over = progress.status.is_final();
            }
        }
    }

    #[test]
    fn a_lost_answer_is_reckoned_back() {
        let end = Report { status: CallStatus::Completed, at: Some(at(60)), duration_seconds: Some(42) };
        assert_eq!(Progress::NEW.merge(end).answered_at(), Some(at(18)));
        let heard = Report { status: CallStatus::InProgress, at: Some(at(17)), duration_seconds: None };
        assert_eq!(Progress::NEW.merge(end).merge(heard).answered_at(), Some(at(17)));
    }

    #[test]
    fn words_and_states_are_one_to_one() {
        for status in CallStatus::ALL {
            assert_eq!(CallStatus::parse(status.as_str()), Some(status));
            assert_eq!(status.disposition().is_some(), status.is_final());
        }
        assert_eq!(CallStatus::parse("COMPLETED"), None);
    }
}

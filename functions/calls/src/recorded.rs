//! What is known of a call's recording: what the other side was told, and what became of it.
//!
//! As a leg's progress does, it only ever moves one way, so any order and repetition of news ends alike.

use kernel::{RecordingPolicy, UtcTime};
use serde::{Deserialize, Serialize};

use crate::progress::CallStatus;

/// Longer than it takes to make one: a recording that the provider does not know of by then never comes.
pub const GIVEN_UP_SECONDS: i64 = 15 * 60;
/// A recording that the provider has, and that could not be fetched for so long, is given up.
pub const UNFETCHED_SECONDS: i64 = 24 * 60 * 60;

/// Consent and recording of one call; at rest, JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recorded {
    pub consent: Option<Consent>,
    pub recording: Option<Recording>,
}

/// The evidence that the other side knew: under which policy it was told what, when, and what it said to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    pub policy: RecordingPolicy,
    /// Which texts were spoken; see `disclosure.rs`.
    pub script_version: u16,
    pub disclosed_at: UtcTime,
    pub answer: Answer,
}

/// Ordered: of two answers the higher stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Asked, and nothing has been heard.
    None,
    /// Told, not asked.
    Announced,
    Declined,
    Agreed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    pub kind: RecordingKind,
    pub state: RecordingState,
    /// Once the provider has named it.
    pub provider_id: Option<ProviderRecordingId>,
    /// As the provider says.
    pub duration_seconds: Option<u32>,
    /// Of what is stored here.
    pub size_bytes: Option<u64>,
}

/// Ordered: a call that nobody answered has a voicemail at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingKind {
    Call,
    Voicemail,
}

/// Ordered by rank, lowest first. What was given up is taken up again where it comes after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// The other side may speak; whether it does is not known yet.
    Expected,
    /// It should have come by now.
    Missing,
    /// The provider has it; it is on its way here.
    Processing,
    /// The provider says that nothing was recorded.
    Absent,
    /// It came, and there is no sound in it.
    Empty,
    Available,
    /// Somebody has removed it.
    Deleted,
}

/// Twilio's `RE` and 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderRecordingId(String);

impl ProviderRecordingId {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("RE")?;
        let fits = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl RecordingKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Voicemail => "voicemail",
        }
    }
}

impl RecordingState {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::Missing => "missing",
            Self::Processing => "processing",
            Self::Absent => "absent",
            Self::Empty => "empty",
            Self::Available => "available",
            Self::Deleted => "deleted",
        }
    }

    /// Whether something is still to be done about it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Expected | Self::Processing)
    }
}

impl Answer {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Announced => "announced",
            Self::Declined => "declined",
            Self::Agreed => "agreed",
        }
    }
}

impl Consent {
    /// Whether the call may be recorded on the strength of it.
    #[must_use]
    pub fn permits(&self) -> bool {
        matches!(self.answer, Answer::Announced | Answer::Agreed)
    }
}

impl Recording {
    /// One of which nothing but its state is known.
    #[must_use]
    pub fn new(kind: RecordingKind, state: RecordingState) -> Self {
        Self { kind, state, provider_id: None, duration_seconds: None, size_bytes: None }
    }

    /// Both accounts of it in one; `None` where they are about two.
    fn merge(self, other: &Self) -> Option<Self> {
        let same = match (&self.provider_id, &other.provider_id) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        same.then(|| Self {
            kind: self.kind.max(other.kind),
            state: self.state.max(other.state),
            provider_id: self.provider_id.or_else(|| other.provider_id.clone()),
            duration_seconds: self.duration_seconds.max(other.duration_seconds),
            size_bytes: self.size_bytes.max(other.size_bytes),
        })
    }
}

impl Recorded {
    /// With what was said to the other side, or heard from it. Of two disclosures the first stands.
    #[must_use]
    pub fn with_consent(mut self, news: &Consent) -> Self {
        self.consent = Some(match self.consent {
            Some(known) => {
                let answer = known.answer.max(news.answer);
                let first = if news.disclosed_at < known.disclosed_at { news.clone() } else { known };
                Consent { answer, ..first }
            }
            None => news.clone(),
        });
        self
    }

    /// With news of the recording; `None` where they are about another one.
    #[must_use]
    pub fn with_recording(mut self, news: &Recording) -> Option<Self> {
        self.recording = Some(match self.recording {
            Some(known) => known.merge(news)?,
            None => news.clone(),
        });
        Some(self)
    }

    /// How the recording of a call that has come this far stands: one that was permitted is expected, although nobody has named
    /// it yet. `None` where there is nothing to expect.
    #[must_use]
    pub fn state(&self, status: CallStatus) -> Option<RecordingState> {
        let permitted = self.consent.as_ref().is_some_and(Consent::permits);
        let expected = permitted && matches!(status, CallStatus::InProgress | CallStatus::Completed);
        match &self.recording {
            Some(recording) => Some(recording.state),
            None => expected.then_some(RecordingState::Expected),
        }
    }

    /// Whether somebody left a message.
    #[must_use]
    pub fn has_message(&self) -> bool {
        self.recording.as_ref().is_some_and(|recording| {
            let heard = matches!(
                recording.state,
                RecordingState::Processing | RecordingState::Available | RecordingState::Deleted
            );
            recording.kind == RecordingKind::Voicemail && heard
        })
    }
}

#[cfg(test)]
mod tests;

//! What a call was worth: business, apart from how the attempt ended.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Connected,
    LeftVoicemail,
    Interested,
    NotInterested,
    CallbackRequested,
    MeetingBooked,
    Gatekeeper,
    WrongNumber,
    DoNotCall,
    Other,
}

impl Outcome {
    pub const ALL: [Self; 10] = [
        Self::Connected,
        Self::LeftVoicemail,
        Self::Interested,
        Self::NotInterested,
        Self::CallbackRequested,
        Self::MeetingBooked,
        Self::Gatekeeper,
        Self::WrongNumber,
        Self::DoNotCall,
        Self::Other,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::LeftVoicemail => "left_voicemail",
            Self::Interested => "interested",
            Self::NotInterested => "not_interested",
            Self::CallbackRequested => "callback_requested",
            Self::MeetingBooked => "meeting_booked",
            Self::Gatekeeper => "gatekeeper",
            Self::WrongNumber => "wrong_number",
            Self::DoNotCall => "do_not_call",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

//! The states of a call, their order and the events that announce them.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStatus {
    Queued,
    Initiated,
    Ringing,
    InProgress,
    Completed,
    Busy,
    NoAnswer,
    Failed,
    Canceled,
}

impl CallStatus {
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Initiated | Self::Ringing | Self::InProgress)
    }

    /// The order of a call's life: forward only, and nothing after an end.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Queued => matches!(next, Self::Initiated | Self::Canceled | Self::Failed),
            Self::Initiated => next == Self::Ringing || (next.is_final() && next != Self::Completed),
            Self::Ringing => next == Self::InProgress || (next.is_final() && next != Self::Completed),
            Self::InProgress => next == Self::Completed,
            _ => false,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// What the resource says: `initiated` exists in callbacks only.
    pub fn resource_name(self) -> &'static str {
        if self == Self::Initiated { "queued" } else { self.name() }
    }

    /// The status callback event that announces this state.
    pub fn event(self) -> Option<CallEvent> {
        match self {
            Self::Queued => None,
            Self::Initiated => Some(CallEvent::Initiated),
            Self::Ringing => Some(CallEvent::Ringing),
            Self::InProgress => Some(CallEvent::Answered),
            _ => Some(CallEvent::Completed),
        }
    }

    /// The SIP code with which the call ended.
    pub fn sip_response(self) -> Option<&'static str> {
        match self {
            Self::Completed => Some("200"),
            Self::Busy => Some("486"),
            Self::NoAnswer | Self::Canceled => Some("487"),
            Self::Failed => Some("404"),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEvent {
    Initiated,
    Ringing,
    Answered,
    Completed,
}

impl CallEvent {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "initiated" => Some(Self::Initiated),
            "ringing" => Some(Self::Ringing),
            "answered" => Some(Self::Answered),
            "completed" => Some(Self::Completed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [CallStatus; 9] = [
        CallStatus::Queued,
        CallStatus::Initiated,
        CallStatus::Ringing,
        CallStatus::InProgress,
        CallStatus::Completed,
        CallStatus::Busy,
        CallStatus::NoAnswer,
        CallStatus::Failed,
        CallStatus::Canceled,
    ];

    #[test]
    fn a_call_never_goes_back_and_nothing_follows_an_end() {
        for (place, from) in ALL.into_iter().enumerate() {
            assert!(!from.may_become(from), "{from:?}");
            for to in ALL {
                if from.is_final() || ALL[..place].contains(&to) {
                    assert!(!from.may_become(to), "{from:?} -> {to:?}");
                }
            }
        }
    }

    #[test]
    fn only_an_answered_call_completes_and_an_answered_call_does_nothing_else() {
        for status in ALL {
            let answered = status == CallStatus::InProgress;
            assert_eq!(status.may_become(CallStatus::Completed), answered, "{status:?}");
            assert!(!answered || !status.may_become(CallStatus::Busy));
        }
    }
}

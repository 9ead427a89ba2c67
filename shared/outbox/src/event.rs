//! Events as browsers receive them over the socket.

use kernel::{Activity, ActivityId, CallId, ContactId, UtcTime};
use serde::Serialize;

/// Names an event by what was committed, so that a repeated delivery carries the same id and a receiver can drop it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventId(String);

impl EventId {
    #[must_use]
    pub fn of_activity(activity: &ActivityId) -> Self {
        Self(format!("evt_{activity}"))
    }

    #[must_use]
    pub fn of_call(call: &CallId, version: i64) -> Self {
        Self(format!("evt_{call}_{version}"))
    }
}

/// Something that happened. Its id follows from what was committed, so a repeated delivery carries the same one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    pub id: EventId,
    #[serde(flatten)]
    pub data: EventData,
    pub occurred_at: UtcTime,
    pub contact_id: Option<ContactId>,
}

/// The kinds of event, each with what it carries.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", content = "data")]
pub enum EventData {
    /// An entry stands on a contact's timeline; it reads as it does there.
    #[serde(rename = "activity.created")]
    ActivityCreated(Activity),
    /// A call went on to another status.
    #[serde(rename = "call.updated")]
    CallUpdated { call_id: CallId, status: String, duration_seconds: Option<i64> },
}

/// The frame around an event.
#[derive(Debug, Serialize)]
pub struct PushedEvent<'a> {
    r#type: &'static str,
    event: &'a Event,
}

impl<'a> PushedEvent<'a> {
    #[must_use]
    pub fn new(event: &'a Event) -> Self {
        Self { r#type: "event", event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_reads_as_the_protocol_says() {
        let event = Event {
            id: EventId::of_call(&CallId::parse("call_01jd0000000000000000000000").unwrap(), 2),
            data: EventData::CallUpdated {
                call_id: CallId::parse("call_01jd0000000000000000000000").unwrap(),
                status: "ringing".to_owned(),
                duration_seconds: None,
            },
            occurred_at: UtcTime::from_millisecond(1_790_000_000_000).unwrap(),
            contact_id: ContactId::parse("con_01jd0000000000000000000000"),
        };
        let frame = serde_json::to_value(PushedEvent::new(&event)).unwrap();
        assert_eq!(frame["type"], "event");
        assert_eq!(frame["event"]["type"], "call.updated");
        assert_eq!(frame["event"]["data"]["status"], "ringing");
        assert_eq!(frame["event"]["contact_id"], "con_01jd0000000000000000000000");
    }
}

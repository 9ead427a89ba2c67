//! What goes over a socket, as docs/REALTIME.md has it.

use kernel::ContactId;
use serde::{Deserialize, Serialize};
use table::EventLogHead;

use crate::resume::Position;

/// Frames of clients are short; a longer one is a mistake or worse.
const LIMIT_BYTES: usize = 4096;

/// What a client may send.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    // Braces, for of a variant without them serde takes any further field.
    Ping {},
    Resume { epoch: Option<String>, last_seq: Option<i64> },
    Subscribe { contact_id: ContactId },
    Unsubscribe { contact_id: ContactId },
}

/// What the server answers, apart from events.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame<'a> {
    Pong,
    Hello { epoch: &'a str, seq: i64 },
    Reset { epoch: &'a str },
    Subscribed { contact_id: &'a ContactId },
    Unsubscribed { contact_id: &'a ContactId },
    Error { code: &'static str, message: &'static str },
}

impl ClientFrame {
    /// The frame, or the answer that refuses it.
    pub fn parse(text: &str) -> Result<Self, ServerFrame<'static>> {
        let refused = |code, message| ServerFrame::Error { code, message };
        if text.len() > LIMIT_BYTES {
            return Err(refused("frame_too_large", "The frame is larger than 4 KB."));
        }
        serde_json::from_str(text).map_err(|error| {
            if error.is_data() {
                refused("unknown_frame", "There is no such frame.")
            } else {
                refused("malformed_json", "The frame is not JSON.")
            }
        })
    }
}

impl<'a> ServerFrame<'a> {
    #[must_use]
    pub fn hello(head: &'a EventLogHead) -> Self {
        Self::Hello { epoch: &head.epoch, seq: head.seq }
    }
}

/// The frame of an entry of the log, whose event is JSON already.
#[must_use]
pub fn event_frame(epoch: &str, seq: i64, event: &str) -> Vec<u8> {
    format!(r#"{{"type":"event","epoch":"{epoch}","seq":{seq},"event":{event}}}"#).into_bytes()
}

impl From<(Option<String>, Option<i64>)> for Position {
    fn from((epoch, last_seq): (Option<String>, Option<i64>)) -> Self {
        Self { epoch, last_seq }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_clients_are_read_or_refused_by_name() {
        let contact_id = ContactId::parse("con_01jd0000000000000000000000").unwrap();
        for (text, expected) in [
            (r#"{"type":"ping"}"#, ClientFrame::Ping {}),
            (r#"{"type":"resume"}"#, ClientFrame::Resume { epoch: None, last_seq: None }),
            (
                r#"{"type":"resume","epoch":"e","last_seq":4}"#,
                ClientFrame::Resume { epoch: Some("e".to_owned()), last_seq: Some(4) },
            ),
            (
                r#"{"type":"subscribe","contact_id":"con_01jd0000000000000000000000"}"#,
                ClientFrame::Subscribe { contact_id },
            ),
        ] {
            assert_eq!(ClientFrame::parse(text), Ok(expected), "{text}");
        }
        let long = format!(r#"{{"type":"resume","epoch":"{}"}}"#, "x".repeat(LIMIT_BYTES));
        for (text, expected) in [
            (r#"{"type": "nonsense"}"#, "unknown_frame"),
            (r#"{"type": "ping", "extra": 1}"#, "unknown_frame"),
            (r#"{"type": "resume", "last_seq": "4"}"#, "unknown_frame"),
            (r#"{"type": "resume", "last_seq": 1e300}"#, "unknown_frame"),
            (r#"{"type": "subscribe", "contact_id": "con_1"}"#, "unknown_frame"),
            ("[]", "unknown_frame"),
            ("", "malformed_json"),
            ("{", "malformed_json"),
            (&long, "frame_too_large"),
        ] {
            let refused = ClientFrame::parse(text).unwrap_err();
            assert!(matches!(refused, ServerFrame::Error { code, .. } if code == expected), "{text}");
        }
    }

    #[test]
    fn frames_of_the_server_read_as_the_protocol_says() {
        let head = EventLogHead { epoch: "e".to_owned(), seq: 7 };
        let text = |frame: ServerFrame<'_>| serde_json::to_string(&frame).unwrap();
        assert_eq!(text(ServerFrame::hello(&head)), r#"{"type":"hello","epoch":"e","seq":7}"#);
        assert_eq!(text(ServerFrame::Reset { epoch: "e" }), r#"{"type":"reset","epoch":"e"}"#);
        assert_eq!(text(ServerFrame::Pong), r#"{"type":"pong"}"#);
        let event = event_frame("e", 8, r#"{"id":"evt_1"}"#);
        assert_eq!(event, br#"{"type":"event","epoch":"e","seq":8,"event":{"id":"evt_1"}}"#);
    }
}

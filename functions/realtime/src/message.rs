//! `$default`: a frame from a browser.

use kernel::Failure;
use lambda::socket::SocketEvent;
use serde::{Deserialize, Serialize};

use crate::app::MessageApp;

pub const FUNCTION: &str = "realtime-message";

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Frame {
    // Braces, for of a variant without them serde takes any further field.
    Ping {},
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Answer {
    Pong,
    Error { code: &'static str, message: &'static str },
}

/// Answers a frame on the socket it came by.
pub async fn handle(app: &MessageApp, event: SocketEvent) -> Result<(), Failure> {
    let frame = serde_json::to_vec(&answer(event.frame())).map_err(Failure::internal)?;
    Ok(app.sockets.push(event.connection_id(), &frame).await?)
}

fn answer(frame: &str) -> Answer {
    match serde_json::from_str(frame) {
        Ok(Frame::Ping {}) => Answer::Pong,
        Err(error) if error.is_data() => {
            Answer::Error { code: "unknown_frame", message: "There is no such frame." }
        }
        Err(_) => Answer::Error { code: "malformed_json", message: "The frame is not JSON." },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_is_answered_and_anything_else_refused() {
        assert_eq!(answer(r#"{"type": "ping"}"#), Answer::Pong);
        for (frame, expected) in [
            (r#"{"type": "nonsense"}"#, "unknown_frame"),
            (r#"{"type": "ping", "extra": 1}"#, "unknown_frame"),
            ("[]", "unknown_frame"),
            ("", "malformed_json"),
            ("{", "malformed_json"),
        ] {
            let Answer::Error { code, .. } = answer(frame) else { panic!("{frame} was answered") };
            assert_eq!(code, expected, "{frame}");
        }
    }
}

//! The call, and what the open socket shows of it meanwhile.

use std::time::{Duration, Instant};

use blackbox::{Session, Socket, SocketEvent, TwilioControl};
use serde_json::{Value, json};

use crate::{Failure, insist, screen::Screen};

const EVENT_LIMIT: Duration = Duration::from_secs(20);
/// What has to be seen on the way, in this order; `queued` and `initiated` may come too.
const LANDMARKS: [&str; 3] = ["ringing", "in-progress", "completed"];

/// A call that is over.
pub struct EndedCall {
    pub id: String,
    /// The activity as the socket showed it.
    pub activity: Value,
}

/// One of the hundred numbers that are reserved for fiction, another in each run, so that the script of one run does not
/// govern a second that runs beside it.
pub fn number_of_this_run() -> String {
    format!("+141555501{:02}", std::process::id() % 100)
}

/// Places the call and watches it on the socket until its activity is there.
pub async fn watch(
    screen: &mut Screen,
    twilio: &TwilioControl,
    rep: &Session,
    socket: &mut Socket,
    contact: &str,
    number: &str,
) -> Result<EndedCall, Failure> {
    screen.begin("telling the telephony stand-in how the call goes");
    twilio.set_script(&json!({ "to": number, "ring_ms": 300, "answer_ms": 800, "talk_ms": 2000 })).await?;
    screen.begin("calling the contact");
    let started = Instant::now();
    let body = json!({ "contact_id": contact, "mode": "bridge" });
    // The socket is read while the request is under way: its first event may come before the answer.
    let mut early = Vec::new();
    let placed = {
        let placing = rep.post("/v1/calls", &body);
        tokio::pin!(placing);
        loop {
            tokio::select! {
                placed = &mut placing => break placed?.expect(201)?,
                event = socket.next_event(EVENT_LIMIT) => early.push(event?),
            }
        }
    };
    let id = placed.text("/id")?.to_owned();
    screen.step(&format!("calls {number} from {}: {id}", placed.text("/local_phone")?), placed.elapsed);
    let mut seen = Seen::default();
    for event in early {
        seen.take(screen, &event, contact, started);
    }
    screen.begin("waiting for the call's events on the socket");
    while !seen.is_complete() {
        let event = socket.next_event(EVENT_LIMIT).await?;
        seen.take(screen, &event, contact, started);
    }
    let passed = seen.statuses.iter().filter(|status| LANDMARKS.contains(&status.as_str()));
    insist(passed.eq(LANDMARKS), || format!("the statuses came as {:?}", seen.statuses))?;
    Ok(EndedCall { id, activity: seen.activity })
}

/// What the socket has told so far.
#[derive(Default)]
struct Seen {
    statuses: Vec<String>,
    activity: Value,
}

impl Seen {
    fn is_complete(&self) -> bool {
        !self.activity.is_null() && self.statuses.iter().any(|status| status == "completed")
    }

    fn take(&mut self, screen: &mut Screen, event: &SocketEvent, contact: &str, started: Instant) {
        if event.contact_id != contact {
            return;
        }
        let after = event.received_at.duration_since(started);
        match event.kind.as_str() {
            "call.updated" => {
                let status = event.data["status"].as_str().unwrap_or_default();
                screen.arrival(&format!("  the socket shows call.updated: {status}"), after);
                self.statuses.push(status.to_owned());
            }
            "activity.created" => {
                screen.arrival("  the socket shows activity.created: the call, as it ended", after);
                self.activity = event.data.clone();
            }
            _ => {}
        }
    }
}

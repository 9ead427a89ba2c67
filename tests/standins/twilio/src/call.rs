//! A call: its states, its JSON form and the parameters that webhooks carry about it.

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::UnboundedSender,
    time::{Duration, Instant},
};

use crate::{
    call_status::{CallEvent, CallStatus},
    clock::{Clock, rfc2822},
    instructions::Instructions,
    numbers,
    shelf::Record,
    sid::SidSource,
    webhook::{Method, Webhook},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Inbound,
    OutboundApi,
    OutboundDial,
}

impl Direction {
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::OutboundApi => "outbound-api",
            Self::OutboundDial => "outbound-dial",
        }
    }
}

/// What the API and the control interface tell a running call.
pub enum Command {
    /// The called party picks up.
    Answer,
    /// The other party hangs up, or declines while it rings.
    HangUp,
    /// The API has already written the final state.
    Stop,
    /// The API gives other instructions.
    Redirect(Instructions),
}

/// Where a call's status callbacks go, and which.
#[derive(Debug, Clone)]
pub struct CallbackPlan {
    pub url: String,
    pub method: Method,
    pub events: Vec<CallEvent>,
}

pub struct Callbacks {
    pub plan: CallbackPlan,
    pub courier: UnboundedSender<Webhook>,
    pub next_sequence: u32,
}

pub struct Call {
    pub sid: String,
    pub account_sid: String,
    pub to: String,
    pub from: String,
    pub parent_call_sid: Option<String>,
    pub direction: Direction,
    pub status: CallStatus,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub answered: Option<Instant>,
    /// Whole seconds from answer to end.
    pub duration: Option<u64>,
    pub queue_time: Duration,
    pub callbacks: Option<Callbacks>,
    pub commands: UnboundedSender<Command>,
}

impl Record for Call {
    fn sid(&self) -> &str {
        &self.sid
    }
}

impl Call {
    /// Moves on to `next`. False when the order of states forbids it; nothing changes then.
    pub fn advance(&mut self, next: CallStatus, clock: Clock) -> bool {
        if !self.status.may_become(next) {
            return false;
        }
        let now = clock.now();
        self.status = next;
        self.updated_at = now;
        match next {
            CallStatus::Initiated => self.started_at = Some(now),
            CallStatus::InProgress => {
                self.started_at = Some(now);
                self.answered = Some(Instant::now());
            }
            _ if next.is_final() => {
                self.ended_at = Some(now);
                self.duration = self.answered.map(|answered| whole_seconds(clock.passed_since(answered)));
            }
            _ => {}
        }
        true
    }

    /// The parameters every voice webhook carries.
    pub fn webhook_params(&self) -> Vec<(String, String)> {
        let country = |number: &str| numbers::country(number).to_owned();
        let mut params: Vec<(String, String)> = [
            ("CallSid", self.sid.clone()),
            ("AccountSid", self.account_sid.clone()),
            ("From", self.from.clone()),
            ("To", self.to.clone()),
            ("Caller", self.from.clone()),
            ("Called", self.to.clone()),
            ("CallStatus", self.status.name().to_owned()),
            ("Direction", self.direction.name().to_owned()),
            ("ApiVersion", "2010-04-01".to_owned()),
            ("FromCountry", country(&self.from)),
            ("ToCountry", country(&self.to)),
            ("CallerCountry", country(&self.from)),
            ("CalledCountry", country(&self.to)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for place in ["City", "State", "Zip"] {
            for party in ["From", "To", "Caller", "Called"] {
                params.push((format!("{party}{place}"), String::new()));
            }
        }
        if let Some(parent) = &self.parent_call_sid {
            params.push(("ParentCallSid".to_owned(), parent.clone()));
        }
        params
    }

    /// The parameters of the status callback for the present state; None when none was asked for.
    pub fn status_params(&mut self, now: Timestamp) -> Option<Vec<(String, String)>> {
        let event = self.status.event()?;
        let sequence = {
            let callbacks = self.callbacks.as_mut()?;
            if !callbacks.plan.events.contains(&event) {
                return None;
            }
            callbacks.next_sequence += 1;
            callbacks.next_sequence - 1
        };
        let mut params = self.webhook_params();
        let mut add = |name: &str, value: String| params.push((name.to_owned(), value));
        add("Timestamp", rfc2822(now));
        add("CallbackSource", "call-progress-events".to_owned());
        add("SequenceNumber", sequence.to_string());
        if self.status.is_final() {
            let seconds = self.duration.unwrap_or(0);
            add("CallDuration", seconds.to_string());
            add("Duration", minutes(seconds).to_string());
            add("SipResponseCode", self.status.sip_response().unwrap_or_default().to_owned());
        }
        Some(params)
    }

    pub fn view(&self) -> Value {
        let base = format!("/2010-04-01/Accounts/{}/Calls/{}", self.account_sid, self.sid);
        let below = |name: &str| format!("{base}/{name}.json");
        let own_number = if self.direction == Direction::Inbound { &self.to } else { &self.from };
        json!({
            "sid": self.sid,
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.updated_at),
            "parent_call_sid": self.parent_call_sid,
            "account_sid": self.account_sid,
            "to": self.to,
            "to_formatted": numbers::formatted(&self.to),
            "from": self.from,
            "from_formatted": numbers::formatted(&self.from),
            "phone_number_sid": SidSource::of("PN", own_number),
            "status": self.status.resource_name(),
            "start_time": self.started_at.map(rfc2822),
            "end_time": self.ended_at.map(rfc2822),
            "duration": self.duration.map(|seconds| seconds.to_string()),
            "price": self.price(),
            "price_unit": "USD",
            "direction": self.direction.name(),
            "answered_by": null,
            "api_version": "2010-04-01",
            "forwarded_from": null,
            "group_sid": null,
            "caller_name": null,
            "queue_time": self.queue_time.as_millis().to_string(),
            "trunk_sid": null,
            "uri": format!("{base}.json"),
            "subresource_uris": {
                "events": below("Events"),
                "notifications": below("Notifications"),
                "payments": below("Payments"),
                "recordings": below("Recordings"),
                "siprec": below("Siprec"),
                "streams": below("Streams"),
                "transcriptions": below("Transcriptions"),
                "user_defined_message_subscriptions": below("UserDefinedMessageSubscriptions"),
                "user_defined_messages": below("UserDefinedMessages"),
            },
        })
    }

    /// A charge is negative and stands once the call has ended: 1.4 ¢ a minute out, 0.85 ¢ in.
    fn price(&self) -> Option<String> {
        let hundred_thousandths = match self.direction {
            Direction::Inbound => 850,
            Direction::OutboundApi | Direction::OutboundDial => 1_400,
        };
        self.duration.map(|seconds| price(hundred_thousandths * minutes(seconds)))
    }
}

/// `-0.01400` for 1,400 hundred-thousandths of a dollar.
pub fn price(hundred_thousandths: u64) -> String {
    format!("-{}.{:05}", hundred_thousandths / 100_000, hundred_thousandths % 100_000)
}

/// Billed minutes: every one that has begun.
fn minutes(seconds: u64) -> u64 {
    seconds.div_ceil(60)
}

/// Rounded down, so that a scripted talk of 3,000 ms lasts 3 s on a slow machine too; never 0 for what took place.
pub fn whole_seconds(span: Duration) -> u64 {
    span.as_secs().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_and_durations_are_those_of_a_bill() {
        assert_eq!(price(1_400 * minutes(61)), "-0.02800");
        assert_eq!(whole_seconds(Duration::from_secs(3)), 3);
        assert_eq!(whole_seconds(Duration::from_millis(3_999)), 3);
        assert_eq!(whole_seconds(Duration::from_millis(20)), 1);
    }
}

//! What the provider is told to do with a call, and where it reports.

use kernel::{CallId, RecordingPolicy, TenantId, UserId};
use twiml::{Dial, Noun, Record, Response, Say, StatusCallback, Target, Verb};

use crate::{
    call::{Call, Mode},
    legs::LegRole,
    ring::Rung,
    telephony::OwnNumber,
};

/// How long the contact's telephone rings before the call counts as not answered.
const RING_SECONDS: u32 = 45;

/// Our own addresses, as the provider reaches them. What it repeats in them is signed, because a report may come before the
/// provider has told us its own ids.
#[derive(Debug, Clone, Copy)]
pub struct Urls<'a> {
    pub public_url: &'a str,
    pub tenant: &'a TenantId,
}

impl Urls<'_> {
    /// Where the progress of one leg is reported.
    #[must_use]
    pub fn status(self, call: &CallId, role: LegRole, user: Option<&UserId>) -> String {
        let user = user.map(|user| format!("&user_id={user}")).unwrap_or_default();
        format!("{}?call_id={call}&leg={}{user}", self.route("voice-status"), role.as_str())
    }

    /// What the contact hears on answering, before being connected.
    fn disclosure(self, call: &CallId, policy: RecordingPolicy) -> String {
        format!("{}?step=disclose&call_id={call}&policy={}", self.route("voice"), policy.as_str())
    }

    /// Where the keys go with which the contact answers.
    #[must_use]
    pub fn agreement(self, call: &CallId) -> String {
        format!("{}?step=agree&call_id={call}", self.route("voice"))
    }

    /// How an inbound call goes on.
    #[must_use]
    pub fn inbound(self, step: &str) -> String {
        format!("{}?step={step}", self.route("voice-inbound"))
    }

    /// Where it is told that a call's recording is there.
    #[must_use]
    pub fn recording(self, call: &CallId) -> String {
        format!("{}?call_id={call}", self.route("recording"))
    }

    fn route(self, route: &str) -> String {
        format!("{}/v1/webhooks/twilio/{}/{route}", self.public_url, self.tenant)
    }
}

/// How long users are rung before the call counts as missed.
const RING_USERS_SECONDS: u32 = 25;

/// What is heard where the number has no greeting of its own.
const NOBODY_THERE: &str = "We cannot take your call right now. Please leave a message after the tone.";
/// A message is not longer than this, and ends where nobody speaks for so long.
const LONGEST_MESSAGE_SECONDS: u32 = 180;
const SILENCE_SECONDS: u32 = 6;

/// Rings everybody who is to be rung, in the browser and by telephone, all at once; and records what is said, if `records`.
#[must_use]
pub fn ring_users(call: &Call, rung: &[Rung], records: bool, urls: Urls<'_>) -> Dial {
    let target = |noun, user: &UserId| Target {
        status_callback: Some(StatusCallback(urls.status(&call.id, LegRole::Agent, Some(user)))),
        ..Target::new(noun)
    };
    let of_user = |rung: &Rung| {
        let browser = target(Noun::Client(rung.user.to_string()), &rung.user);
        let telephone = rung.phone.clone().map(|phone| target(Noun::Number(phone), &rung.user));
        [Some(browser), telephone]
    };
    Dial {
        targets: rung.iter().flat_map(of_user).flatten().collect(),
        timeout_seconds: RING_USERS_SECONDS,
        action: Some(urls.inbound("after")),
        answer_on_bridge: true,
        record: records,
        recording_callback: records.then(|| urls.recording(&call.id)),
        ..Dial::default()
    }
}

/// Greets a caller whom nobody answers, and takes down what they say.
#[must_use]
pub fn take_message(call: &CallId, own: &OwnNumber, urls: Urls<'_>) -> Response {
    let record = Record {
        action: urls.inbound("recorded"),
        max_length_seconds: LONGEST_MESSAGE_SECONDS,
        silence_seconds: SILENCE_SECONDS,
        recording_callback: Some(format!("{}?call_id={call}", urls.route("voicemail"))),
    };
    let greeting = own.greeting.as_deref().unwrap_or(NOBODY_THERE);
    Response::new().then(Say::new(greeting)).then(record).then(Verb::Hangup)
}

/// Rings the contact, for a user who is on the line already. The contact is told or asked first where calls are recorded; one
/// who has to agree is recorded from then on, not from here.
#[must_use]
pub fn connect_contact(call: &Call, policy: RecordingPolicy, urls: Urls<'_>) -> Response {
    let records = policy == RecordingPolicy::Always;
    let target = Target {
        status_callback: Some(StatusCallback(urls.status(&call.id, LegRole::Contact, None))),
        url: (policy != RecordingPolicy::Never).then(|| urls.disclosure(&call.id, policy)),
        ..Target::new(Noun::Number(call.numbers.remote.clone()))
    };
    Response::new().then(Dial {
        targets: vec![target],
        caller_id: Some(call.numbers.local.clone()),
        timeout_seconds: RING_SECONDS,
        // A browser hears the contact's own ringing tone; a telephone has been answered by its user.
        answer_on_bridge: call.mode == Mode::Browser,
        record: records,
        recording_callback: records.then(|| urls.recording(&call.id)),
        ..Dial::default()
    })
}

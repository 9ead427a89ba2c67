//! What the provider is told to do with a call, and where it reports.

use kernel::{CallId, TenantId, UserId};
use twiml::{Dial, Noun, Response, StatusCallback, Target};

use crate::{
    call::{Call, Mode},
    legs::LegRole,
    ring::Rung,
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

    fn route(self, route: &str) -> String {
        format!("{}/v1/webhooks/twilio/{}/{route}", self.public_url, self.tenant)
    }
}

/// How long users are rung before the call counts as missed.
const RING_USERS_SECONDS: u32 = 25;

/// Rings everybody who is to be rung, in the browser and by telephone, all at once.
#[must_use]
pub fn ring_users(call: &Call, rung: &[Rung], urls: Urls<'_>) -> Response {
    let target = |noun, user: &UserId| Target {
        status_callback: Some(StatusCallback(urls.status(&call.id, LegRole::Agent, Some(user)))),
        ..Target::new(noun)
    };
    let of_user = |rung: &Rung| {
        let browser = target(Noun::Client(rung.user.to_string()), &rung.user);
        let telephone = rung.phone.clone().map(|phone| target(Noun::Number(phone), &rung.user));
        [Some(browser), telephone]
    };
    Response::new().then(Dial {
        targets: rung.iter().flat_map(of_user).flatten().collect(),
        timeout_seconds: RING_USERS_SECONDS,
        action: Some(format!("{}?step=after", urls.route("voice-inbound"))),
        answer_on_bridge: true,
        ..Dial::default()
    })
}

/// Rings the contact, for a user who is on the line already.
#[must_use]
pub fn connect_contact(call: &Call, urls: Urls<'_>) -> Response {
    let target = Target {
        status_callback: Some(StatusCallback(urls.status(&call.id, LegRole::Contact, None))),
        ..Target::new(Noun::Number(call.numbers.remote.clone()))
    };
    Response::new().then(Dial {
        targets: vec![target],
        caller_id: Some(call.numbers.local.clone()),
        timeout_seconds: RING_SECONDS,
        // A browser hears the contact's own ringing tone; a telephone has been answered by its user.
        answer_on_bridge: call.mode == Mode::Browser,
        ..Dial::default()
    })
}

//! `POST /v1/webhooks/twilio/{tenant_id}/voice-inbound`

use kernel::{CallId, ClaimedTenant, Failure, PhoneNumber, RecordingPolicy};
use lambda::{Method, Reply, Request, RouteSpec};
use twiml::{Response, Verb};

use crate::{
    app::WebhookApp,
    call::{Call, CallNumbers, Direction, Mode, News, ProviderCallId},
    disclosure,
    instructions::{Urls, ring_users, take_message},
    legs::{LegNews, LegRole, Legs},
    numbers::refuse_undialable,
    progress::{CallStatus, Report},
    recorded::{Consent, Recorded, Recording, RecordingKind, RecordingState},
    recording::told_recording,
    ring::{Rung, Switchboard},
    store::CallStore,
    telephony::OwnNumber,
    webhook::VerifiedWebhook,
};

pub const ROUTE: RouteSpec =
    RouteSpec::webhook("calls-voice-inbound", Method::POST, "/v1/webhooks/twilio/{tenant_id}/voice-inbound");

/// Longer than any number; what withheld ones are called is shorter.
const LONGEST_CALLER: usize = 32;

/// Takes an inbound call: finds the contact by its number, rings who is there, and keeps the call, whoever called. Asked again
/// for the same call it says the same. Then it is asked how to go on: once the caller has agreed to be recorded or has not, once
/// nobody is rung any more, once a message has been left.
pub async fn handle(app: &WebhookApp, claim: ClaimedTenant, request: Request) -> Result<Reply, Failure> {
    let webhook = VerifiedWebhook::verify(app, claim, &request).await?;
    let query = request.query(&["step", "bodySHA256"])?;
    let leg = webhook.field("CallSid").and_then(ProviderCallId::parse);
    let leg = leg.ok_or_else(|| Failure::field("CallSid", "invalid_value", "This is no call's SID."))?;
    let scope = app.data.open(&webhook.tenant).await;
    let store = CallStore::open(&scope).await?;
    let to = webhook.field("To").and_then(|to| PhoneNumber::parse(to, None));
    let numbers = store.phone_numbers().await?;
    let own = to.and_then(|to| numbers.find(to.e164())).ok_or(Failure::NotFound("phone number"))?;
    let switchboard = Switchboard::open(&scope).await?;
    let urls = Urls { public_url: &app.public_url, tenant: &webhook.tenant };
    let desk = Desk { app, store, switchboard, urls, own };
    let known = match desk.store.call_of_leg(&leg).await? {
        Some(known) => Some(desk.store.find(&known).await?.ok_or(Failure::NotFound("call"))?),
        None => None,
    };
    let response = match (query.get("step"), known) {
        (None, Some(call)) => desk.take(&call).await?,
        (None, None) => desk.take(&desk.begin(leg, webhook.field("From")).await?).await?,
        (Some("agree"), Some(call)) => desk.agree(&call, webhook.field("Digits")).await?,
        (Some("after"), Some(call)) => desk.after(&call, webhook.field("DialCallStatus")).await?,
        (Some("recorded"), Some(call)) => desk.recorded(&call, &webhook).await?,
        (Some("agree" | "after" | "recorded"), None) => return Err(Failure::NotFound("call")),
        (Some(_), _) => {
            let expected = "Expected agree, after or recorded.";
            return Err(Failure::field("step", "unknown_value", expected));
        }
    };
    Ok(Reply::xml(response.to_xml()))
}

/// What routing a call takes.
struct Desk<'a> {
    app: &'a WebhookApp,
    store: CallStore<'a>,
    switchboard: Switchboard<'a>,
    urls: Urls<'a>,
    /// The number that was called.
    own: &'a OwnNumber,
}

impl Desk<'_> {
    /// Tells or asks the caller where calls are recorded, and rings; the policy is the one under which the call began.
    async fn take(&self, call: &Call) -> Result<Response, Failure> {
        let policy = call.recorded.consent.as_ref().map_or(RecordingPolicy::Never, |consent| consent.policy);
        let rung = self.rung(call).await?;
        if rung.is_empty() {
            return self.message(call).await;
        }
        let records = policy == RecordingPolicy::Always;
        let said = disclosure::disclose(policy, self.urls.inbound("agree"));
        Ok(said.then(ring_users(call, &rung, records, self.urls)))
    }

    /// Rings, and records what is said then where the caller has agreed to it.
    async fn agree(&self, call: &Call, digits: Option<&str>) -> Result<Response, Failure> {
        let answer = disclosure::answered(digits);
        let consent = call.recorded.consent.clone().map(|asked| Consent { answer, ..asked });
        let call = self.learn(call, News { consent, ..News::default() }).await?;
        let records = call.recorded.consent.as_ref().is_some_and(Consent::permits);
        let rung = self.rung(&call).await?;
        Ok(Response::new().then(ring_users(&call, &rung, records, self.urls)))
    }

    /// Those that are to be rung, by telephone only where the tenant's calls may go to that number at all.
    async fn rung(&self, call: &Call) -> Result<Vec<Rung>, Failure> {
        let (mut rung, account) =
            tokio::try_join!(self.switchboard.telephones(&call.rung), self.store.telephony())?;
        let allowed = account.map(|account| account.allowed_countries).unwrap_or_default();
        let dialable = |phone: &str| {
            PhoneNumber::parse(phone, None).is_some_and(|phone| refuse_undialable(&phone, &allowed).is_ok())
        };
        for rung in &mut rung {
            rung.phone.take_if(|phone| !dialable(phone));
        }
        Ok(rung)
    }

    async fn after(&self, call: &Call, dialed: Option<&str>) -> Result<Response, Failure> {
        match dialed {
            Some("completed" | "answered") => Ok(Response::new().then(Verb::Hangup)),
            _ => self.message(call).await,
        }
    }

    /// Lets the caller leave a message.
    async fn message(&self, call: &Call) -> Result<Response, Failure> {
        let recording = Some(Recording::new(RecordingKind::Voicemail, RecordingState::Expected));
        self.learn(call, News { recording, ..News::default() }).await?;
        Ok(take_message(&call.id, self.own, self.urls))
    }

    /// The message is over. That it is here its own callback says; that there is one stands with the call before it ends.
    async fn recorded(&self, call: &Call, webhook: &VerifiedWebhook) -> Result<Response, Failure> {
        let told = told_recording(webhook, RecordingKind::Voicemail)?;
        // Silence is no message.
        if let Some(recording) = told.filter(|told| told.duration_seconds != Some(0)) {
            self.learn(call, News { recording: Some(recording), ..News::default() }).await?;
        }
        Ok(Response::new().then(Verb::Hangup))
    }

    async fn learn(&self, call: &Call, news: News) -> Result<Call, Failure> {
        self.store.learn(&call.id, &news, &*self.app.ambient).await
    }

    async fn begin(&self, leg: ProviderCallId, from: Option<&str>) -> Result<Call, Failure> {
        let from = from.unwrap_or_default();
        let number = PhoneNumber::parse(from, None);
        let caller = match &number {
            Some(number) => self.switchboard.caller(number).await?,
            None => None,
        };
        let now = self.app.ambient.now();
        let access = caller.as_ref().map(|caller| &caller.access);
        let (rung, policy) = tokio::try_join!(
            self.switchboard.whom_to_ring(access, self.own.team_id.as_ref(), now),
            self.store.recording_policy()
        )?;
        let rings = Report { status: CallStatus::Ringing, at: None, duration_seconds: None };
        let first = LegNews { id: leg.clone(), role: LegRole::Contact, user: None, report: rings };
        let remote = number.map_or_else(|| withheld(from), |number| number.e164().to_owned());
        let (contact, owner) = caller.map(|caller| (caller.contact, caller.access.owner)).unzip();
        // Who reaches nobody is not told of a recording that cannot be.
        let consent = disclosure::disclosed(policy, now).filter(|_| !rung.is_empty());
        let call = Call {
            id: CallId::generate(&*self.app.ambient),
            direction: Direction::Inbound,
            mode: Mode::Inbound,
            contact,
            user: None,
            owner,
            rung: rung.into_iter().map(|rung| rung.user).collect(),
            numbers: CallNumbers { remote, local: self.own.number.clone() },
            provider_call_id: Some(leg),
            dialed_at: now,
            legs: Legs::default().merge(&first),
            recorded: Recorded { consent, recording: None },
            outcome: None,
            note: None,
            version: 1,
            updated_at: now,
        };
        self.store.insert_inbound(call).await
    }
}

/// What the provider says instead of a number, as far as it fits.
fn withheld(from: &str) -> String {
    from.chars().filter(char::is_ascii_graphic).take(LONGEST_CALLER).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_withholds_a_number_is_called_what_the_provider_calls_them() {
        assert_eq!(withheld("anonymous"), "anonymous");
        assert_eq!(withheld("+266696687\n"), "+266696687");
        assert_eq!(withheld(&"a".repeat(99)).len(), LONGEST_CALLER);
    }
}

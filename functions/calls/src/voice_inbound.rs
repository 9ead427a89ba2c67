//! `POST /v1/webhooks/twilio/{tenant_id}/voice-inbound`

use kernel::{CallId, ClaimedTenant, Failure, PhoneNumber};
use lambda::{Method, Reply, Request, RouteSpec};
use twiml::{Response, Say, Verb};

use crate::{
    app::WebhookApp,
    call::{Call, CallNumbers, Direction, Mode, ProviderCallId},
    instructions::{Urls, ring_users},
    legs::{LegNews, LegRole, Legs},
    progress::{CallStatus, Report},
    ring::Switchboard,
    store::CallStore,
    telephony::OwnNumber,
    webhook::VerifiedWebhook,
};

pub const ROUTE: RouteSpec =
    RouteSpec::webhook("calls-voice-inbound", Method::POST, "/v1/webhooks/twilio/{tenant_id}/voice-inbound");

/// What is heard where the number has no greeting of its own.
const NOBODY_THERE: &str = "We cannot take your call right now. Please try again later.";
/// Longer than any number; what withheld ones are called is shorter.
const LONGEST_CALLER: usize = 32;

/// Takes an inbound call: finds the contact by its number, rings who is there, and keeps the call, whoever called. Asked again
/// for the same call it says the same. Once nobody has answered it is asked how to go on, and tells the caller so.
pub async fn handle(app: &WebhookApp, claim: ClaimedTenant, request: Request) -> Result<Reply, Failure> {
    let webhook = VerifiedWebhook::verify(app, claim, &request).await?;
    let query = request.query(&["step", "bodySHA256"])?;
    let leg = webhook.field("CallSid").and_then(ProviderCallId::parse);
    let leg = leg.ok_or_else(|| Failure::field("CallSid", "invalid_value", "This is no call's SID."))?;
    let scope = app.data.open(&webhook.tenant).await;
    let store = CallStore::open(&scope).await?;
    let to = webhook.field("To").and_then(|to| PhoneNumber::parse(to, None));
    let own = to.map(|to| to.e164().to_owned());
    let numbers = store.phone_numbers().await?;
    let own = own.and_then(|own| numbers.find(&own)).ok_or(Failure::NotFound("phone number"))?;
    match query.get("step") {
        None => {}
        Some("after") => return Ok(after(own, webhook.field("DialCallStatus"))),
        Some(_) => return Err(Failure::field("step", "unknown_value", "Expected after.")),
    }
    let switchboard = Switchboard::open(&scope).await?;
    let call = match store.call_of_leg(&leg).await? {
        Some(known) => store.find(&known).await?.ok_or(Failure::NotFound("call"))?,
        None => begin(app, &store, &switchboard, own, leg, webhook.field("From")).await?,
    };
    let urls = Urls { public_url: &app.public_url, tenant: &webhook.tenant };
    let rung = switchboard.telephones(&call.rung).await?;
    let response = if rung.is_empty() { nobody_there(own) } else { ring_users(&call, &rung, urls) };
    Ok(Reply::xml(response.to_xml()))
}

async fn begin(
    app: &WebhookApp,
    store: &CallStore<'_>,
    switchboard: &Switchboard<'_>,
    own: &OwnNumber,
    leg: ProviderCallId,
    from: Option<&str>,
) -> Result<Call, Failure> {
    let from = from.unwrap_or_default();
    let number = PhoneNumber::parse(from, None);
    let caller = match &number {
        Some(number) => switchboard.caller(number).await?,
        None => None,
    };
    let now = app.ambient.now();
    let owner = caller.as_ref().map(|caller| &caller.owner);
    let rung = switchboard.whom_to_ring(owner, own.team_id.as_ref(), now).await?;
    let rings = Report { status: CallStatus::Ringing, at: None, duration_seconds: None };
    let first = LegNews { id: leg.clone(), role: LegRole::Contact, user: None, report: rings };
    let remote = number.map_or_else(|| withheld(from), |number| number.e164().to_owned());
    let (contact, owner) = caller.map(|caller| (caller.contact, caller.owner)).unzip();
    let call = Call {
        id: CallId::generate(&*app.ambient),
        direction: Direction::Inbound,
        mode: Mode::Inbound,
        contact,
        user: None,
        owner,
        rung: rung.into_iter().map(|rung| rung.user).collect(),
        numbers: CallNumbers { remote, local: own.number.clone() },
        provider_call_id: Some(leg),
        dialed_at: now,
        legs: Legs::default().merge(&first),
        outcome: None,
        note: None,
        version: 1,
        updated_at: now,
    };
    store.insert_inbound(call).await
}

/// What the provider says instead of a number, as far as it fits.
fn withheld(from: &str) -> String {
    from.chars().filter(char::is_ascii_graphic).take(LONGEST_CALLER).collect()
}

fn after(own: &OwnNumber, dialed: Option<&str>) -> Reply {
    let response = match dialed {
        Some("completed" | "answered") => Response::new().then(Verb::Hangup),
        _ => nobody_there(own),
    };
    Reply::xml(response.to_xml())
}

fn nobody_there(own: &OwnNumber) -> Response {
    let greeting = own.greeting.as_deref().unwrap_or(NOBODY_THERE);
    Response::new().then(Say::new(greeting)).then(Verb::Hangup)
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

    #[test]
    fn after_an_answer_the_caller_hears_nothing_more() {
        let own = OwnNumber { greeting: Some("Hello <you>.".to_owned()), ..OwnNumber::plain("+14155550100") };
        assert!(nobody_there(&own).to_xml().contains("<Say>Hello &lt;you&gt;.</Say><Hangup />"));
    }
}

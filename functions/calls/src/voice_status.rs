//! `POST /v1/webhooks/twilio/{tenant_id}/voice-status`

use kernel::{CallId, ClaimedTenant, Failure, Faults, UserId, UtcTime};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{
    app::WebhookApp,
    call::{News, ProviderCallId},
    legs::{LegNews, LegRole},
    progress::{CallStatus, Report},
    store::CallStore,
    webhook::VerifiedWebhook,
};

pub const ROUTE: RouteSpec =
    RouteSpec::webhook("calls-voice-status", Method::POST, "/v1/webhooks/twilio/{tenant_id}/voice-status");

/// Twilio ends calls after a day at the latest.
pub(crate) const LONGEST_CALL_SECONDS: u32 = 24 * 60 * 60;

/// Takes a report of a leg's progress. A repeated or late one is answered like the first and changes nothing. The URL says
/// which call and which leg it is about; where the provider itself begins the leg, only its own id does.
pub async fn handle(app: &WebhookApp, claim: ClaimedTenant, request: Request) -> Result<Reply, Failure> {
    let webhook = VerifiedWebhook::verify(app, claim, &request).await?;
    let query = request.query(&["call_id", "leg", "user_id", "bodySHA256"])?;
    let told = Told::read(&webhook)?;
    let role =
        query.get("leg").map(|leg| LegRole::parse(leg).ok_or(Failure::NotFound("call"))).transpose()?;
    let user =
        query.get("user_id").map(|user| UserId::parse(user).ok_or(Failure::NotFound("user"))).transpose()?;
    let scope = app.data.open(&webhook.tenant).await;
    let store = CallStore::open(&scope).await?;
    let call = match query.get("call_id") {
        Some(call) => CallId::parse(call),
        None => store.call_of_leg(&told.leg).await?,
    };
    let call = call.ok_or(Failure::NotFound("call"))?;
    let role = match role {
        Some(role) => role,
        None => store.find(&call).await?.ok_or(Failure::NotFound("call"))?.direction.first_leg(),
    };
    store.learn(&call, &told.news(role, user), &*app.ambient).await?;
    Ok(Reply::no_content())
}

/// What a report says.
struct Told {
    leg: ProviderCallId,
    parent: Option<ProviderCallId>,
    report: Report,
}

impl Told {
    fn read(webhook: &VerifiedWebhook) -> Result<Self, Failure> {
        let field = |name| webhook.field(name);
        let mut faults = Faults::default();
        let leg = field("CallSid").and_then(ProviderCallId::parse);
        if leg.is_none() {
            faults.add("CallSid", "invalid_value", "This is no call's SID.");
        }
        let parent = field("ParentCallSid").filter(|sid| !sid.is_empty()).map(ProviderCallId::parse);
        if parent == Some(None) {
            faults.add("ParentCallSid", "invalid_value", "This is no call's SID.");
        }
        let status = field("CallStatus").and_then(CallStatus::parse);
        if status.is_none() {
            faults.add("CallStatus", "unknown_value", "This is no call's status.");
        }
        let duration = duration(field("CallDuration"), &mut faults);
        // RFC 2822 is what Twilio writes.
        let at = field("Timestamp").map(parse_rfc2822);
        if at == Some(None) {
            faults.add("Timestamp", "invalid_value", "This is no RFC 2822 time.");
        }
        faults.into_result()?;
        let (Some(leg), Some(status)) = (leg, status) else {
            return Err(Failure::internal("a report without faults is whole"));
        };
        let report =
            Report { status, at: at.flatten(), duration_seconds: duration.filter(|_| status.is_final()) };
        Ok(Self { leg, parent: parent.flatten(), report })
    }

    fn news(self, role: LegRole, user: Option<UserId>) -> News {
        let leg = LegNews { id: self.leg, role, user, report: self.report };
        News { leg: Some((leg, self.parent)), ..News::default() }
    }
}

fn duration(text: Option<&str>, faults: &mut Faults) -> Option<u32> {
    let seconds = text?.parse().ok().filter(|seconds| *seconds <= LONGEST_CALL_SECONDS);
    if seconds.is_none() {
        faults.add(
            "CallDuration",
            "out_of_range",
            format!("Expected whole seconds, at most {LONGEST_CALL_SECONDS}."),
        );
    }
    seconds
}

pub(crate) fn parse_rfc2822(text: &str) -> Option<UtcTime> {
    jiff::fmt::rfc2822::parse(text).ok().map(|time| UtcTime::from(time.timestamp()))
}

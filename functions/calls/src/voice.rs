//! `POST /v1/webhooks/twilio/{tenant_id}/voice`

use kernel::{CallId, ClaimedTenant, Failure, RecordingPolicy, UserId};
use lambda::{Method, Reply, Request, RouteSpec};
use twiml::Response;

use crate::{
    app::WebhookApp,
    call::{Call, Mode, News, ProviderCallId},
    disclosure,
    instructions::{Urls, connect_contact},
    legs::{LegNews, LegRole},
    progress::{CallStatus, Report},
    recorded::{Answer, Consent},
    store::CallStore,
    webhook::VerifiedWebhook,
};

pub const ROUTE: RouteSpec =
    RouteSpec::webhook("calls-voice", Method::POST, "/v1/webhooks/twilio/{tenant_id}/voice");

/// Says what to do with a call that a browser has begun: the browser names the call that its user has written down, and that
/// one's contact is rung. Where the call is to be recorded, also what that contact is told first, and what follows from the
/// answer. Asked again, it says the same.
pub async fn handle(app: &WebhookApp, claim: ClaimedTenant, request: Request) -> Result<Reply, Failure> {
    let webhook = VerifiedWebhook::verify(app, claim, &request).await?;
    let query = request.query(&["step", "call_id", "policy", "bodySHA256"])?;
    let leg = webhook.field("CallSid").and_then(ProviderCallId::parse);
    let leg = leg.ok_or_else(|| Failure::field("CallSid", "invalid_value", "This is no call's SID."))?;
    let named = query.get("call_id").or_else(|| webhook.field("call_id"));
    let id = named.and_then(CallId::parse).ok_or(Failure::NotFound("call"))?;
    let scope = app.data.open(&webhook.tenant).await;
    let voice = Voice {
        app,
        store: CallStore::open(&scope).await?,
        urls: Urls { public_url: &app.public_url, tenant: &webhook.tenant },
        id,
    };
    let response = match query.get("step") {
        None => voice.take_up(leg, webhook.field("From")).await?,
        Some("disclose") => {
            let policy = query.get("policy").and_then(RecordingPolicy::parse);
            voice.disclose(first_leg(&webhook)?, policy.ok_or(UNKNOWN_POLICY)?).await?
        }
        Some("agree") => voice.agree(first_leg(&webhook)?, webhook.field("Digits")).await?,
        Some(_) => return Err(Failure::field("step", "unknown_value", "Expected disclose or agree.")),
    };
    Ok(Reply::xml(response.to_xml()))
}

/// What our own URLs never lack.
const UNKNOWN_POLICY: Failure = Failure::NotFound("recording policy");

/// The leg on which the asking one hangs.
fn first_leg(webhook: &VerifiedWebhook) -> Result<ProviderCallId, Failure> {
    let parent = webhook.field("ParentCallSid").and_then(ProviderCallId::parse);
    parent.ok_or_else(|| Failure::field("ParentCallSid", "invalid_value", "This is no call's SID."))
}

struct Voice<'a> {
    app: &'a WebhookApp,
    store: CallStore<'a>,
    urls: Urls<'a>,
    id: CallId,
}

impl Voice<'_> {
    async fn take_up(&self, leg: ProviderCallId, from: Option<&str>) -> Result<Response, Failure> {
        let caller = from.and_then(|from| from.strip_prefix("client:")).and_then(UserId::parse);
        let (call, policy) = tokio::try_join!(self.store.find(&self.id), self.store.recording_policy())?;
        let call = call.ok_or(Failure::NotFound("call"))?;
        let user = caller.filter(|user| may_take_up(&call, user)).ok_or(Failure::NotFound("call"))?;
        self.store.claim_leg(&leg, &self.id).await?;
        let report = Report { status: CallStatus::Ringing, at: None, duration_seconds: None };
        let news = LegNews { id: leg, role: LegRole::Agent, user: Some(user), report };
        let call = self.learn(News { leg: Some((news, None)), ..News::default() }).await?;
        Ok(connect_contact(&call, policy, self.urls))
    }

    /// The contact has answered: it is told or asked, and that it was stands with the call.
    async fn disclose(&self, first: ProviderCallId, policy: RecordingPolicy) -> Result<Response, Failure> {
        let consent = disclosure::disclosed(policy, self.app.ambient.now());
        self.learn(News { provider_call_id: Some(first), consent, ..News::default() }).await?;
        Ok(disclosure::disclose(policy, self.urls.agreement(&self.id)))
    }

    /// What the contact has answered. One who agrees is recorded from now on; where the provider cannot be told so, the call goes
    /// on unrecorded, and its recording is missing.
    async fn agree(&self, first: ProviderCallId, digits: Option<&str>) -> Result<Response, Failure> {
        let now = self.app.ambient.now();
        let call = self.store.find(&self.id).await?.ok_or(Failure::NotFound("call"))?;
        let asked =
            call.recorded.consent.clone().or_else(|| disclosure::disclosed(RecordingPolicy::Ask, now));
        let answer = disclosure::answered(digits);
        let known = asked.as_ref().is_some_and(|asked| asked.answer >= answer);
        if known {
            return Ok(Response::new());
        }
        // Nothing is recorded before the evidence for it is kept.
        let consent = asked.map(|asked| Consent { answer, ..asked });
        self.learn(News { provider_call_id: Some(first.clone()), consent, ..News::default() }).await?;
        if answer == Answer::Agreed
            && let Err(failure) = self.record(&first).await
        {
            tracing::warn!(cause = %failure, "a call goes on unrecorded");
        }
        Ok(Response::new())
    }

    async fn record(&self, first: &ProviderCallId) -> Result<(), Failure> {
        let dialer = self.app.dialer.as_deref();
        let dialer = dialer.ok_or_else(|| Failure::internal("this function has no dialer"))?;
        let account = self.store.telephony().await?.ok_or(Failure::NotFound("telephony account"))?;
        Ok(dialer.record(&account, first, &self.urls.recording(&self.id)).await?)
    }

    async fn learn(&self, news: News) -> Result<Call, Failure> {
        self.store.learn(&self.id, &news, &*self.app.ambient).await
    }
}

/// A browser takes up its own user's call, and only one that waits for it.
fn may_take_up(call: &Call, user: &UserId) -> bool {
    let waits = !call.status().is_final() && call.legs.legs.values().all(|leg| leg.role == LegRole::Agent);
    call.mode == Mode::Browser && call.user.as_ref() == Some(user) && waits
}

//! `POST /v1/webhooks/twilio/{tenant_id}/voice`

use kernel::{CallId, ClaimedTenant, Failure, UserId};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{
    app::WebhookApp,
    call::{Call, Mode, News, ProviderCallId},
    instructions::{Urls, connect_contact},
    legs::{LegNews, LegRole},
    progress::{CallStatus, Report},
    store::CallStore,
    webhook::VerifiedWebhook,
};

pub const ROUTE: RouteSpec =
    RouteSpec::webhook("calls-voice", Method::POST, "/v1/webhooks/twilio/{tenant_id}/voice");

/// Says what to do with a call that a browser has begun: the browser names the call that its user has written down, and that
/// one's contact is rung. Asked again, it says the same.
pub async fn handle(app: &WebhookApp, claim: ClaimedTenant, request: Request) -> Result<Reply, Failure> {
    let webhook = VerifiedWebhook::verify(app, claim, &request).await?;
    request.query(&["bodySHA256"])?;
    let unknown = Failure::NotFound("call");
    let leg = webhook.field("CallSid").and_then(ProviderCallId::parse);
    let leg = leg.ok_or_else(|| Failure::field("CallSid", "invalid_value", "This is no call's SID."))?;
    let id = webhook.field("call_id").and_then(CallId::parse).ok_or(Failure::NotFound("call"))?;
    let caller = webhook.field("From").and_then(|from| from.strip_prefix("client:")).and_then(UserId::parse);
    let scope = app.data.open(&webhook.tenant).await;
    let store = CallStore::open(&scope).await?;
    let call = store.find(&id).await?.ok_or(Failure::NotFound("call"))?;
    let user = caller.filter(|user| may_take_up(&call, user)).ok_or(unknown)?;
    store.claim_leg(&leg, &id).await?;
    let report = Report { status: CallStatus::Ringing, at: None, duration_seconds: None };
    let news = LegNews { id: leg, role: LegRole::Agent, user: Some(user), report };
    let call = store.learn(&id, &News { leg: Some((news, None)), ..News::default() }, &*app.ambient).await?;
    let urls = Urls { public_url: &app.public_url, tenant: &webhook.tenant };
    Ok(Reply::xml(connect_contact(&call, urls).to_xml()))
}

/// A browser takes up its own user's call, and only one that waits for it.
fn may_take_up(call: &Call, user: &UserId) -> bool {
    let waits = !call.status().is_final() && call.legs.legs.values().all(|leg| leg.role == LegRole::Agent);
    call.mode == Mode::Browser && call.user.as_ref() == Some(user) && waits
}

//! `POST /v1/webhooks/twilio/{tenant_id}/voicemail`

use kernel::{ClaimedTenant, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{app::WebhookApp, recorded::RecordingKind, recording};

pub const ROUTE: RouteSpec =
    RouteSpec::webhook("calls-voicemail", Method::POST, "/v1/webhooks/twilio/{tenant_id}/voicemail");

/// Takes the report that a caller's message is there, and has it fetched; as the one of a call's recording.
pub async fn handle(app: &WebhookApp, claim: ClaimedTenant, request: Request) -> Result<Reply, Failure> {
    recording::take(app, claim, request, RecordingKind::Voicemail).await
}

//! Events of an API Gateway WebSocket API.

use kernel::{ClaimedTenant, Failure, Provenance, TenantId, UserId};
use serde::{Deserialize, Serialize};

use crate::{failure_problem::classify, request::Session};

/// `$connect`, `$disconnect` or a frame.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketEvent {
    request_context: SocketContext,
    body: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SocketContext {
    connection_id: String,
    #[serde(default)]
    authorizer: SocketAuthorizer,
}

#[derive(Debug, Default, Deserialize)]
struct SocketAuthorizer {
    tenant_id: Option<String>,
    user_id: Option<String>,
    sub: Option<String>,
    session_id: Option<String>,
    session_epoch: Option<String>,
}

/// The user at the other end of a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketPeer {
    pub tenant: TenantId,
    pub user: UserId,
}

impl SocketEvent {
    #[must_use]
    pub fn connection_id(&self) -> &str {
        &self.request_context.connection_id
    }

    /// The frame's text.
    #[must_use]
    pub fn frame(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }

    /// Whom the authorizer of `$connect` admitted; the gateway repeats its verdict with every event of the socket.
    pub fn peer(&self) -> Result<SocketPeer, Failure> {
        let authorizer = &self.request_context.authorizer;
        let claim = authorizer.tenant_id.as_deref().and_then(ClaimedTenant::parse);
        let user = authorizer.user_id.as_deref().and_then(UserId::parse);
        let (Some(claim), Some(user)) = (claim, user) else {
            return Err(Failure::Unauthenticated("the socket carries no verified user"));
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "the gateway sets this context from our authorizer's verdict alone"
        )]
        let tenant = claim.vouch(Provenance::ConsumedTicket);
        Ok(SocketPeer { tenant, user })
    }

    /// The session in which the ticket was asked for.
    pub fn session(&self) -> Result<Session, Failure> {
        let authorizer = &self.request_context.authorizer;
        let epoch = authorizer.session_epoch.as_deref().and_then(|epoch| epoch.parse().ok());
        match (&authorizer.sub, &authorizer.session_id, epoch) {
            (Some(sub), Some(id), Some(epoch)) => Ok(Session { sub: sub.clone(), id: id.clone(), epoch }),
            _ => Err(Failure::Unauthenticated("the socket carries no verified session")),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocketReply {
    pub(crate) status_code: u16,
}

impl SocketReply {
    pub(crate) fn of(outcome: &Result<(), Failure>) -> Self {
        Self { status_code: outcome.as_ref().map_or_else(|failure| classify(failure).0.as_u16(), |()| 200) }
    }
}

//! One event, into the logs of everybody who is told and onto their sockets.

use std::sync::Arc;

use kernel::{Ambient, Failure, UserId};
use outbox::Delivery;
use tenancy::TenantScope;

use crate::{
    audience::{Recipient, audience},
    event_log::{EventLogs, Plan},
    frame::event_frame,
    push::{PushError, Sockets},
    store::{OpenSocket, forget_socket, open_sockets},
    watch::unwatch,
};

/// Brings events to whoever is told of them.
pub struct Courier {
    ambient: Arc<dyn Ambient>,
    pub(crate) sockets: Sockets,
    logs: EventLogs,
}

impl Courier {
    #[must_use]
    pub fn new(ambient: Arc<dyn Ambient>, sockets: Sockets) -> Self {
        Self { ambient, sockets, logs: EventLogs::default() }
    }

    /// May be repeated, as a whole or after any part: what is in a log already is only pushed again, under the number it has. A
    /// failure means that some log may lack the event; a socket that does not take a frame is none, for its client finds out by
    /// itself.
    pub async fn deliver(&self, scope: &TenantScope, delivery: &Delivery) -> Result<(), Failure> {
        let recipients = audience(scope, delivery, self.ambient.now()).await?;
        let ways = recipients.iter().map(|recipient| self.reach(scope, recipient, delivery));
        futures_util::future::join_all(ways).await.into_iter().collect()
    }

    async fn reach(
        &self,
        scope: &TenantScope,
        recipient: &Recipient,
        delivery: &Delivery,
    ) -> Result<(), Failure> {
        let plan = Plan::Delivery(delivery);
        let sockets = self.carry(scope, &recipient.user, &delivery.event_id, &plan).await?;
        forget_stale_watches(scope, recipient, delivery, &sockets).await
    }

    /// Takes a step in a user's log and brings what is in it to the user's sockets; gives these.
    pub async fn carry(
        &self,
        scope: &TenantScope,
        user: &UserId,
        event_id: &str,
        plan: &Plan<'_>,
    ) -> Result<Vec<OpenSocket>, Failure> {
        let taken = self.logs.take(scope, &*self.ambient, user, event_id, plan).await?;
        // Looked up only now: a socket that opened before this finds the event by resuming, one after it is on the list.
        let sockets = open_sockets(scope, user).await?;
        let frames: Vec<_> =
            taken.entries.iter().map(|entry| event_frame(&taken.epoch, entry.seq, &entry.event)).collect();
        let pushes = sockets.iter().map(|socket| self.push_all(scope, user, socket, &frames));
        futures_util::future::join_all(pushes).await.into_iter().collect::<Result<(), _>>()?;
        Ok(sockets)
    }

    async fn push_all(
        &self,
        scope: &TenantScope,
        user: &UserId,
        socket: &OpenSocket,
        frames: &[Vec<u8>],
    ) -> Result<(), Failure> {
        for frame in frames {
            self.push(scope, user, socket, frame).await?;
        }
        Ok(())
    }

    /// A socket that is gone is forgotten, unless it may be just opening: its client resumes once it is open. One that does not
    /// take what it is sent is cut, so that nobody waits for it a second time; its client comes back and resumes.
    async fn push(
        &self,
        scope: &TenantScope,
        user: &UserId,
        socket: &OpenSocket,
        frame: &[u8],
    ) -> Result<(), Failure> {
        match self.sockets.push(&socket.connection, frame).await {
            Ok(()) => Ok(()),
            Err(PushError::Gone) if socket.may_be_opening(self.ambient.now()) => Ok(()),
            Err(PushError::Gone) => forget_socket(scope, user, &socket.connection).await,
            Err(PushError::Throttled) => {
                tracing::warn!("the gateway is throttled; the client will miss a number and resume");
                Ok(())
            }
            Err(error @ PushError::Failed(_)) => {
                tracing::warn!(%error, "a socket that takes nothing is cut");
                // Where it cannot even be closed the gateway has lost it, or will.
                let _ = self.sockets.close(&socket.connection).await;
                forget_socket(scope, user, &socket.connection).await
            }
        }
    }
}

/// What a socket watched ends with it; where its end was never told, here.
async fn forget_stale_watches(
    scope: &TenantScope,
    recipient: &Recipient,
    delivery: &Delivery,
    sockets: &[OpenSocket],
) -> Result<(), Failure> {
    let Some(contact) = &delivery.contact_id else { return Ok(()) };
    let open = |connection: &&String| sockets.iter().any(|socket| socket.connection == **connection);
    for connection in recipient.watching.iter().filter(|connection| !open(connection)) {
        unwatch(scope, connection, contact).await?;
    }
    Ok(())
}

#[cfg(test)]
mod chaos;
#[cfg(test)]
mod tests;

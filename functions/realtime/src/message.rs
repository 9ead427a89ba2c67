//! `$default`: a frame from a browser.

use kernel::Failure;
use lambda::{Note, note, socket::SocketEvent, socket::SocketPeer};
use tenancy::TenantScope;

use crate::{
    app::ListenerApp,
    frame::{ClientFrame, ServerFrame, event_frame},
    push::PushError,
    resume::{Position, Resumption, read_page},
    watch::{unwatch, watch},
};

pub const FUNCTION: &str = "realtime-message";

/// Answers a frame on the socket it came by. What cannot be carried out is told there, and the socket stays.
pub async fn handle(app: &ListenerApp, event: SocketEvent) -> Result<(), Failure> {
    let peer = event.peer()?;
    note(Note::Tenant, peer.tenant.as_str());
    let exchange = Exchange {
        app,
        scope: app.data.open(&peer.tenant).await,
        connection: event.connection_id(),
        peer: &peer,
    };
    let outcome = match ClientFrame::parse(event.frame()) {
        Ok(frame) => exchange.carry_out(frame).await,
        Err(refusal) => exchange.answer(&refusal).await,
    };
    match outcome {
        // The table's trouble is told to whoever waits for an answer; it is logged as this invocation's failure as well.
        Err(failure @ (Failure::Unavailable(_) | Failure::Internal(_))) => {
            let message = "It could not be done just now; try again.";
            exchange.answer(&ServerFrame::Error { code: "unavailable", message }).await?;
            Err(failure)
        }
        outcome => outcome,
    }
}

/// One frame and where its answer goes.
struct Exchange<'a> {
    app: &'a ListenerApp,
    scope: TenantScope,
    connection: &'a str,
    peer: &'a SocketPeer,
}

impl Exchange<'_> {
    async fn carry_out(&self, frame: ClientFrame) -> Result<(), Failure> {
        let now = self.app.ambient.now();
        match frame {
            ClientFrame::Ping {} => self.answer(&ServerFrame::Pong).await,
            ClientFrame::Resume { epoch, last_seq } => self.resume(&(epoch, last_seq).into()).await,
            ClientFrame::Subscribe { contact_id } => {
                match watch(&self.scope, &self.peer.user, self.connection, &contact_id, now).await {
                    Ok(()) => self.answer(&ServerFrame::Subscribed { contact_id: &contact_id }).await,
                    Err(Failure::NotFound(_)) => self.refuse("not_found", "There is no such contact.").await,
                    Err(Failure::Conflict { code, detail }) => self.refuse(code, detail).await,
                    Err(failure) => Err(failure),
                }
            }
            ClientFrame::Unsubscribe { contact_id } => {
                unwatch(&self.scope, self.connection, &contact_id).await?;
                self.answer(&ServerFrame::Unsubscribed { contact_id: &contact_id }).await
            }
        }
    }

    /// Says where the log is, and sends what the client has not seen of it.
    async fn resume(&self, position: &Position) -> Result<(), Failure> {
        let (table, user) = (&self.scope.table, &self.peer.user);
        let head = table.open_event_log(user, &*self.app.ambient).await?;
        self.answer(&ServerFrame::hello(&head)).await?;
        let (mut first, last) = match position.against(&head) {
            Resumption::UpToDate => return Ok(()),
            Resumption::Missed { first, last } => (first, last),
            Resumption::Reset(reason) => return self.reset(&head.epoch, reason).await,
        };
        while first <= last {
            let Some(entries) = read_page(table, user, first, last).await? else {
                return self.reset(&head.epoch, "expired").await;
            };
            for entry in &entries {
                self.send(&event_frame(&head.epoch, entry.seq, &entry.event)).await?;
                first = entry.seq + 1;
            }
        }
        Ok(())
    }

    async fn reset(&self, epoch: &str, reason: &'static str) -> Result<(), Failure> {
        tracing::warn!(reason, "a position was of no use");
        self.answer(&ServerFrame::Reset { epoch }).await
    }

    async fn refuse(&self, code: &'static str, message: &'static str) -> Result<(), Failure> {
        tracing::warn!(code, "a frame was refused");
        self.answer(&ServerFrame::Error { code, message }).await
    }

    async fn answer(&self, frame: &ServerFrame<'_>) -> Result<(), Failure> {
        self.send(&serde_json::to_vec(frame).map_err(Failure::internal)?).await
    }

    /// A socket that has gone meanwhile needs no answer; its client resumes on the next.
    async fn send(&self, frame: &[u8]) -> Result<(), Failure> {
        match self.app.sockets.push(self.connection, frame).await {
            Ok(()) => Ok(()),
            Err(PushError::Gone) => Err(Failure::NotFound("socket")),
            Err(error) => Err(error.into()),
        }
    }
}

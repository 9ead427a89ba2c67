//! From the table's stream to the sockets of those whom a change concerns; and the end of those sockets, where it is one of who
//! may come in.

use kernel::{Failure, TenantId, UserId};
use lambda::stream::{Poison, StreamBatch, StreamOutcome, StreamRecord};
use outbox::PushedEvent;
use tenancy::TenantScope;

use crate::{
    app::DispatchApp,
    push::PushError,
    recipients::{Dispatch, dispatch_of},
    revoke::{close_sockets, revocation},
    store::{OpenSocket, delete_socket, open_sockets},
};

pub const FUNCTION: &str = "realtime-dispatch";

/// Pushes what the batch tells, in its order. A record that cannot be read is parked and passed over; where the table or the
/// queue does not answer, the batch comes again from that record on.
pub async fn handle(app: &DispatchApp, batch: StreamBatch) -> Result<StreamOutcome, Failure> {
    for record in batch.records() {
        if let Err(failure) = deliver(app, record).await {
            tracing::warn!(sequence_number = record.sequence_number(), %failure, "the batch comes again");
            return Ok(StreamOutcome::again_from(record));
        }
    }
    Ok(StreamOutcome::default())
}

async fn deliver(app: &DispatchApp, record: &StreamRecord) -> Result<(), Failure> {
    if record.is_identity() {
        return match revocation(record) {
            Ok(Some(revocation)) => close_sockets(app, record, revocation).await,
            Ok(None) => Ok(()),
            Err(malformed) => park(app, record, malformed.to_string()).await,
        };
    }
    let dispatch = match dispatch_of(record) {
        Ok(dispatch) => dispatch,
        Err(malformed) => return park(app, record, malformed.to_string()).await,
    };
    match (dispatch, record.tenant()) {
        (Some(dispatch), Some(tenant)) => push(app, &tenant, &dispatch).await,
        _ => Ok(()),
    }
}

async fn park(app: &DispatchApp, record: &StreamRecord, reason: String) -> Result<(), Failure> {
    Ok(app.failures.send_all(&[Poison::of(record, reason)]).await?)
}

async fn push(app: &DispatchApp, tenant: &TenantId, dispatch: &Dispatch) -> Result<(), Failure> {
    let frame = serde_json::to_vec(&PushedEvent::new(&dispatch.event)).map_err(Failure::internal)?;
    let scope = app.data.open(tenant).await;
    for user in &dispatch.recipients {
        let sockets = open_sockets(&scope, user).await?;
        let pushes = sockets.iter().map(|socket| push_one(app, &scope, user, socket, &frame));
        for outcome in futures_util::future::join_all(pushes).await {
            outcome?;
        }
    }
    Ok(())
}

/// A socket that is gone is forgotten, unless it may be just opening: its client reads the state once it is open. One that fails otherwise is left to its client, which notices and comes back.
async fn push_one(
    app: &DispatchApp,
    scope: &TenantScope,
    user: &UserId,
    socket: &OpenSocket,
    frame: &[u8],
) -> Result<(), Failure> {
    match app.sockets.push(&socket.connection, frame).await {
        Ok(()) => Ok(()),
        Err(PushError::Gone) if socket.may_be_opening(app.ambient.now()) => Ok(()),
        Err(PushError::Gone) => delete_socket(scope, user, &socket.connection).await,
        Err(error @ PushError::Failed(_)) => {
            tracing::warn!(%error, "a socket did not take a frame");
            Ok(())
        }
    }
}

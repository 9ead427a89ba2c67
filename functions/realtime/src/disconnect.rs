//! `$disconnect`

use kernel::Failure;
use lambda::{Note, note, socket::SocketEvent};

use crate::{app::App, store::forget_socket};

pub const FUNCTION: &str = "realtime-disconnect";

/// Forgets the socket and what it watched. The gateway does its best to say so; what it does not say, the dispatcher notices when it pushes.
pub async fn handle(app: &App, event: SocketEvent) -> Result<(), Failure> {
    let peer = event.peer()?;
    note(Note::Tenant, peer.tenant.as_str());
    let scope = app.data.open(&peer.tenant).await;
    forget_socket(&scope, &peer.user, event.connection_id()).await
}

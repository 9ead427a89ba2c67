//! `$connect`

use kernel::Failure;
use lambda::{Note, note, socket::SocketEvent};

use crate::{app::App, store::put_socket};

pub const FUNCTION: &str = "realtime-connect";

/// Notes the socket, so that the dispatcher finds it. The gateway opens it only after this has answered.
pub async fn handle(app: &App, event: SocketEvent) -> Result<(), Failure> {
    let peer = event.peer()?;
    note(Note::Tenant, peer.tenant.as_str());
    let scope = app.data.open(&peer.tenant).await;
    put_socket(&scope, &peer.user, event.connection_id(), app.ambient.now()).await
}

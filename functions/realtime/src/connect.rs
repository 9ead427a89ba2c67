//! `$connect`

use kernel::Failure;
use lambda::{Note, note, socket::SocketEvent};

use crate::{
    app::App,
    store::{Holder, forget_socket, put_socket, still_welcome},
};

pub const FUNCTION: &str = "realtime-connect";

/// Notes the socket, so that the dispatcher finds it. The gateway opens it only after this has answered.
///
/// A ticket outlives a revocation, and so does the verdict under which one is given out; hence whoever comes with one is looked at
/// again. The socket is noted before that: a revocation either is seen here, or comes later and finds the socket.
pub async fn handle(app: &App, event: SocketEvent) -> Result<(), Failure> {
    let peer = event.peer()?;
    note(Note::Tenant, peer.tenant.as_str());
    let holder = Holder { user: peer.user, session: event.session()? };
    let scope = app.data.open(&peer.tenant).await;
    put_socket(&scope, &holder.user, event.connection_id(), app.ambient.now()).await?;
    if still_welcome(&scope, &holder).await? {
        return Ok(());
    }
    forget_socket(&scope, &holder.user, event.connection_id()).await?;
    Err(Failure::Forbidden("the session is over"))
}

//! Sockets that miss nothing.

mod bursts;
mod refusals;
mod resuming;
mod watching;

use blackbox::{Socket, SocketEvent};

use crate::{eventually::PATIENCE, failed::Outcome};

/// The next `count` events.
async fn take(socket: &mut Socket, count: usize) -> Outcome<Vec<SocketEvent>> {
    let mut events = Vec::with_capacity(count);
    for _ in 0..count {
        events.push(socket.next_event(PATIENCE).await?);
    }
    Ok(events)
}

fn numbers(events: &[SocketEvent]) -> Vec<i64> {
    events.iter().map(|event| event.seq).collect()
}

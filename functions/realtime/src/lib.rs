//! What happens shows at once: tickets, sockets, and the dispatcher that pushes what was committed to whom it concerns.

mod app;
mod audience;
pub mod authorizer;
pub mod connect;
mod deliver;
pub mod disconnect;
pub mod dispatch;
mod event_log;
pub mod events;
mod frame;
pub mod lane;
mod lanes;
pub mod message;
pub mod notifications;
mod origin;
mod push;
mod recipients;
mod resume;
mod revoke;
mod store;
#[cfg(test)]
mod testing;
pub mod ticket;
mod watch;

pub use app::{App, DeliverApp, DispatchApp, GateApp, KeeperApp, ListenerApp, ReplayApp};

/// The HTTP routes of this domain.
pub const ROUTES: &[lambda::RouteSpec] = &[
    ticket::ROUTE,
    events::ROUTE,
    notifications::list::ROUTE,
    notifications::read::ROUTE,
    notifications::preferences::GET_ROUTE,
    notifications::preferences::PUT_ROUTE,
];

/// Its functions that no HTTP route leads to.
pub const WORKERS: &[&str] = &[
    authorizer::FUNCTION,
    connect::FUNCTION,
    disconnect::FUNCTION,
    message::FUNCTION,
    dispatch::FUNCTION,
    lane::FUNCTION,
];

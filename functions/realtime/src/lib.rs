//! What happens shows at once: tickets, sockets, and the dispatcher that pushes what was committed to whom it concerns.

mod app;
pub mod authorizer;
pub mod connect;
pub mod disconnect;
pub mod dispatch;
pub mod message;
mod push;
mod recipients;
mod revoke;
mod store;
pub mod ticket;

pub use app::{App, DispatchApp, GateApp, MessageApp};

/// The HTTP routes of this domain.
pub const ROUTES: &[lambda::RouteSpec] = &[ticket::ROUTE];

/// Its functions that no HTTP route leads to.
pub const WORKERS: &[&str] =
    &[authorizer::FUNCTION, connect::FUNCTION, disconnect::FUNCTION, message::FUNCTION, dispatch::FUNCTION];

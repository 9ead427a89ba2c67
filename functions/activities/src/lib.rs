//! The timeline of a contact, and what follows from an activity for others.

mod app;
pub mod relay;
pub mod timeline;

pub use app::{App, RelayApp};

/// The HTTP routes of this domain.
pub const ROUTES: &[lambda::RouteSpec] = &[timeline::ROUTE];

/// Its functions that no route leads to.
pub const WORKERS: &[&str] = &[relay::FUNCTION];

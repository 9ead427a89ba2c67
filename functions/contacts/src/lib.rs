//! Contacts: the people a tenant sells to.
//!
//! One file per route; `contact.rs` holds the rules, `store.rs` builds the items.

mod app;
mod contact;
pub mod create;
pub mod get;
pub mod list;
pub mod reassign;
mod store;
pub mod touch;
mod view;

pub use app::App;

/// The HTTP routes of this domain.
pub const ROUTES: &[lambda::RouteSpec] = &[create::ROUTE, get::ROUTE, list::ROUTE];

/// Its functions that no route leads to.
pub const WORKERS: &[&str] = &[touch::FUNCTION, reassign::FUNCTION];

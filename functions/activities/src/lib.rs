//! The timeline of a contact and the tenant's feed, the notes and tasks that stand there, and what follows from an activity for others.

mod app;
pub mod feed;
pub mod notes;
pub mod relay;
mod shown;
mod sight;
mod stale;
pub mod tasks;
pub mod timeline;

pub use app::{App, RelayApp, WriterApp};
pub use tasks::sweep::SweepApp;

/// The HTTP routes of this domain.
pub const ROUTES: &[lambda::RouteSpec] = &[
    timeline::ROUTE,
    feed::ROUTE,
    notes::create::ROUTE,
    notes::update::ROUTE,
    notes::delete::ROUTE,
    tasks::create::ROUTE,
    tasks::list::ROUTE,
    tasks::update::ROUTE,
    tasks::delete::ROUTE,
];

/// Its functions that no route leads to.
pub const WORKERS: &[&str] = &[relay::FUNCTION, tasks::sweep::FUNCTION, tasks::remind::FUNCTION];

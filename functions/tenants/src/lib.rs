//! Tenants and the people in them.
//!
//! One file per route, in a folder per kind of thing; a folder's `store.rs` builds its items.

mod app;
pub mod me;
mod name;
pub mod platform;
pub mod settings;
mod standing_change;
pub mod teams;
mod tenant;
mod user;
pub mod users;

pub use app::{AccountApp, App, DeactivationApp, InvitationApp, PlatformApp};
pub use standing_change::{LimitChange, StandingChange};
pub use tenant::{Tenant, read_tenant, tenant_item};
pub use user::{User, UserStatus, read_user, user_item};

/// The HTTP routes of this domain.
pub const ROUTES: &[lambda::RouteSpec] = &[
    platform::create::ROUTE,
    platform::list::ROUTE,
    platform::update::ROUTE,
    settings::get::ROUTE,
    settings::update::ROUTE,
    me::get::ROUTE,
    me::update::ROUTE,
    users::list::ROUTE,
    users::get::ROUTE,
    users::invite::ROUTE,
    users::reinvite::ROUTE,
    users::update::ROUTE,
    users::deactivate::ROUTE,
    teams::list::ROUTE,
    teams::create::ROUTE,
    teams::update::ROUTE,
    teams::delete::ROUTE,
];

/// Its functions that no route leads to.
pub const WORKERS: &[&str] = &[];

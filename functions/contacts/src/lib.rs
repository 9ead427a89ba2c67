//! Contacts: the people a tenant sells to.
//!
//! One file per route; `contact/` holds the rules, `store/` builds the items.

mod app;
pub mod companies;
mod contact;
pub mod create;
pub mod custom_fields;
pub mod delete;
pub mod get;
pub mod imports;
pub mod list;
mod listing;
mod merge_patch;
pub mod reassign;
pub mod restore;
pub mod search;
mod store;
pub mod touch;
pub mod update;
mod view;

pub use app::App;

/// The HTTP routes of this domain.
pub const ROUTES: &[lambda::RouteSpec] = &[
    create::ROUTE,
    get::ROUTE,
    list::ROUTE,
    update::ROUTE,
    delete::ROUTE,
    restore::ROUTE,
    search::ROUTE,
    imports::create::ROUTE,
    imports::start::ROUTE,
    imports::get::ROUTE,
    companies::create::ROUTE,
    companies::list::ROUTE,
    companies::get::ROUTE,
    companies::update::ROUTE,
    companies::delete::ROUTE,
    custom_fields::get::ROUTE,
    custom_fields::replace::ROUTE,
];

/// Its functions that no route leads to.
pub const WORKERS: &[&str] =
    &[touch::FUNCTION, reassign::FUNCTION, search::compact::FUNCTION, imports::work::FUNCTION];

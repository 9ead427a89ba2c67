//! Calls: placing them, following them, closing them.
//!
//! `call.rs` and `progress.rs` hold the rules, `twilio.rs` speaks to the provider, `store.rs` builds the items.

mod app;
mod call;
pub mod create;
mod dialer;
pub mod get;
mod progress;
pub mod settings;
mod store;
mod telephony;
mod twilio;
mod view;
pub mod voice_status;
mod webhook;

pub use app::{App, WebhookApp};
pub use telephony::{ApiKey, OwnNumber, PhoneNumbers, TelephonyAccount, telephony_items};

/// The HTTP routes of this domain.
pub const ROUTES: &[lambda::RouteSpec] = &[
    create::ROUTE,
    get::ROUTE,
    voice_status::ROUTE,
    settings::account_get::ROUTE,
    settings::account_put::ROUTE,
    settings::account_test::ROUTE,
    settings::numbers_get::ROUTE,
    settings::numbers_put::ROUTE,
];

/// Its functions that no route leads to.
pub const WORKERS: &[&str] = &[];

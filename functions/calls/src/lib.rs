//! Calls: placing them, following them, closing them.
//!
//! `call.rs`, `legs.rs`, `progress.rs` and `recorded.rs` hold the rules, `instructions.rs` and `disclosure.rs` say what the
//! provider is to do, `twilio.rs` and `media.rs` speak to it, `store.rs` builds the items.

mod app;
mod call;
pub mod create;
mod dialer;
mod disclosure;
pub mod get;
pub mod hang_up;
mod instructions;
mod legs;
pub mod list;
pub mod log;
mod media;
mod numbers;
mod outcome;
mod progress;
pub mod reconcile;
mod recorded;
pub mod recording;
pub mod recording_delete;
pub mod recording_fetch;
pub mod recording_get;
mod ring;
pub mod settings;
mod store;
mod telephony;
mod twilio;
pub mod update;
mod view;
pub mod voice;
pub mod voice_inbound;
pub mod voice_status;
pub mod voice_token;
pub mod voicemail;
mod webhook;

pub use app::{App, WebhookApp};
pub use telephony::{ApiKey, OwnNumber, PhoneNumbers, TelephonyAccount, telephony_items};

/// The HTTP routes of this domain.
pub const ROUTES: &[lambda::RouteSpec] = &[
    create::ROUTE,
    get::ROUTE,
    list::ROUTE,
    update::ROUTE,
    hang_up::ROUTE,
    log::ROUTE,
    voice_token::ROUTE,
    voice::ROUTE,
    voice_inbound::ROUTE,
    voice_status::ROUTE,
    recording::ROUTE,
    voicemail::ROUTE,
    recording_get::ROUTE,
    recording_delete::ROUTE,
    settings::account_get::ROUTE,
    settings::account_put::ROUTE,
    settings::account_test::ROUTE,
    settings::numbers_get::ROUTE,
    settings::numbers_put::ROUTE,
];

/// Its functions that no route leads to.
pub const WORKERS: &[&str] = &[reconcile::FUNCTION, recording_fetch::FUNCTION];

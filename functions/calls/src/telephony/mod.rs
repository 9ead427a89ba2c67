//! A tenant's telephony: its account at the provider and its numbers.

mod account;
mod numbers;
mod store;

pub(crate) use account::is_sid;
pub use account::{ApiKey, TelephonyAccount};
pub use numbers::{OwnNumber, PhoneNumbers};
pub use store::telephony_items;
pub(crate) use store::{TelephonyStore, Versioned, read_account, read_numbers};

//! What admins say about the tenant's telephony.

pub mod account_get;
pub mod account_put;
pub mod account_test;
mod account_view;
pub mod numbers_get;
pub mod numbers_put;
mod numbers_view;

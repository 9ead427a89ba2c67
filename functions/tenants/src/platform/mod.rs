//! Tenants as operators see them: none of their data.

pub mod create;
pub mod list;
mod store;
pub mod update;
mod view;

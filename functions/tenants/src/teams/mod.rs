//! The teams that a tenant's users are in.

pub mod create;
pub mod delete;
pub mod list;
mod store;
mod team;
pub mod update;

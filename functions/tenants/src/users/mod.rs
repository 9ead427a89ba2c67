//! The people of a tenant.

pub mod list;
mod store;
mod view;

//! What a tenant decides about itself.

pub mod get;
mod store;
pub mod update;
mod view;

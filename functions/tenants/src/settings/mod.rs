//! What a tenant decides about itself.

mod country;
pub mod get;
mod store;
pub mod update;
mod view;

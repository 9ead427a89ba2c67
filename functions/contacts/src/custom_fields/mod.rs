//! A tenant's own fields of contacts.

pub mod get;
mod input;
pub mod replace;
pub mod store;
mod view;

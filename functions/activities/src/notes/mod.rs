//! What users write down about contacts.

pub mod create;
pub mod delete;
mod input;
mod note;
mod store;
pub mod update;

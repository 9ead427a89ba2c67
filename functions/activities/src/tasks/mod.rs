//! What is to be done about contacts: kept by whom, due when, and who is reminded.

pub mod create;
pub mod delete;
mod input;
pub mod list;
pub mod remind;
mod store;
pub mod sweep;
mod task;
pub mod update;

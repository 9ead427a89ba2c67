//! Contacts out of a CSV file: it is uploaded past us into the object store, looked through as a whole, and then written row by
//! row, each like a contact of its own.
//!
//! `file.rs` and `reader.rs` make rows of bytes, `plan.rs` and `row.rs` contacts of rows, `batch.rs` writes them, `work.rs` is the
//! worker that goes through a file batch by batch and can be stopped between any two.

mod app;
mod batch;
mod companies;
pub mod create;
mod duplicate;
mod file;
pub mod get;
mod import;
mod owners;
mod plan;
mod reader;
mod report;
mod row;
pub mod start;
mod store;
mod view;
pub mod work;

pub use app::ImportsApp;

//! The suite `search`.

pub mod corpus;
mod dialling;
mod kernel;
pub mod queries;

use blackbox::Error;

use crate::report::Report;

/// The engine alone, which needs no stack.
pub fn run() -> Result<Report, Error> {
    let mut report = Report::new("search".to_owned());
    kernel::measure(&mut report)?;
    Ok(report)
}

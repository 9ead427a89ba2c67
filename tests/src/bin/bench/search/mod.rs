//! The suite `search`.

mod corpus;
mod kernel;
mod queries;

use blackbox::{Error, Stack};

use crate::report::Report;

/// The engine first, which needs no stack.
pub async fn run(_stack: &Stack) -> Result<Report, Error> {
    let mut report = Report::new("search".to_owned());
    kernel::measure(&mut report)?;
    Ok(report)
}

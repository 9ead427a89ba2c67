//! Changes meant for a version that is no longer there.

use kernel::Failure;
use table::TableError;

/// [`Failure::Stale`] where the first element of a transaction, the changed record itself, was another version.
pub(crate) fn stale_where_changed(outcome: Result<(), TableError>) -> Result<(), Failure> {
    match outcome {
        Err(TableError::ConditionFailed { element: 0 }) => Err(Failure::Stale),
        outcome => Ok(outcome?),
    }
}

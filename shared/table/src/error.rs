//! What the table can answer beside items.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use kernel::failure::{BoxError, Failure};

#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A condition did not hold; in a transaction, of the element at `element`.
    #[error("a condition on element {element} did not hold")]
    ConditionFailed { element: usize },
    /// Somebody else's transaction held an item; nothing was written, trying again is safe.
    #[error("another write got in the way")]
    Conflict(#[source] BoxError),
    #[error("the table is throttled")]
    Throttled(#[source] BoxError),
    /// The role may not do this: a fence held, or a policy lacks an action.
    #[error("the table refused access")]
    Denied(#[source] BoxError),
    #[error("the table did not answer as it should")]
    Other(#[source] BoxError),
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Conflict(_) | TableError::Throttled(_) => Self::Unavailable(Box::new(error)),
            TableError::ConditionFailed { .. } | TableError::Denied(_) | TableError::Other(_) => {
                Self::internal(error)
            }
        }
    }
}

/// What came of a conditional write; `None` where its condition did not hold.
pub(crate) fn where_held<T, E>(outcome: Result<T, SdkError<E>>) -> Result<Option<T>, TableError>
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    match outcome.map_err(classify) {
        Ok(answer) => Ok(Some(answer)),
        Err(TableError::ConditionFailed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Sorts an SDK error of a single-item operation by its code.
pub(crate) fn classify<E>(error: SdkError<E>) -> TableError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or_default();
    match code {
        "ConditionalCheckFailedException" => TableError::ConditionFailed { element: 0 },
        "TransactionConflictException" | "TransactionInProgressException" => {
            TableError::Conflict(Box::new(error))
        }
        "ProvisionedThroughputExceededException" | "ThrottlingException" | "RequestLimitExceeded" => {
            TableError::Throttled(Box::new(error))
        }
        "AccessDeniedException" => TableError::Denied(Box::new(error)),
        _ => TableError::Other(Box::new(error)),
    }
}

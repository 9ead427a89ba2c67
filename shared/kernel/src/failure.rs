//! What can go wrong, in the domain's words. One place outside this crate turns a failure into an HTTP problem.

use serde::Serialize;

/// One thing wrong with one field of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Path of the field as the sender wrote it, e.g. `emails[0].address`; empty for the body as a whole.
    pub field: String,
    /// Stable word for programs, e.g. `invalid_email`.
    pub code: &'static str,
    /// Sentence for people. Never repeats the value that was sent.
    pub message: String,
}

impl FieldError {
    #[must_use]
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}

pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a request was not carried out. `Display` never holds personal data, and never its source's text.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("the body is not JSON")]
    MalformedBody,
    #[error("the body is larger than {limit_bytes} bytes")]
    BodyTooLarge { limit_bytes: usize },
    #[error("{} field(s) of the request are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// Who asks is not known, or no longer.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// Known, and not allowed; only where existence is no secret.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Not there, another tenant's, or not this caller's to see: the three look alike.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The state of things does not allow it.
    #[error("{detail}")]
    Conflict { code: &'static str, detail: &'static str },
    /// The request's idempotency key was another request's.
    #[error("the Idempotency-Key has been used for another request")]
    KeyReused,
    /// The caller's `If-Match` names another version than the stored one.
    #[error("it has changed since the version in If-Match")]
    Stale,
    /// The change needs an `If-Match`, so that nobody overwrites what they have not seen.
    #[error("the header If-Match is missing")]
    PreconditionRequired,
    #[error("too many requests")]
    Throttled { retry_after_seconds: u32 },
    /// An outside party understood and said no. `reason` is ours, not its text.
    #[error("the provider refused: {reason}")]
    ProviderRefused { code: &'static str, reason: String },
    /// An outside party could not be reached or failed.
    #[error("the provider is unavailable")]
    ProviderUnavailable(#[source] BoxError),
    /// The database or a key service asks us to come back later.
    #[error("temporarily unavailable")]
    Unavailable(#[source] BoxError),
    #[error("internal error")]
    Internal(#[source] BoxError),
}

impl Failure {
    /// A single wrong field.
    #[must_use]
    pub fn field(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, message)])
    }

    #[must_use]
    pub fn internal(source: impl Into<BoxError>) -> Self {
        Self::Internal(source.into())
    }
}

/// Collects what is wrong with an input, so that a sender hears of everything at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    pub fn add(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldError::new(field, code, message));
    }

    /// [`Failure::Invalid`] with all that was added, or nothing.
    pub fn into_result(self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(Failure::Invalid(self.0)) }
    }
}

//! The one error type: a message for the person at the terminal, or the fact that they pressed Ctrl-C.

use std::fmt;
use std::io;
use std::path::Path;

/// Why a command stopped.
#[derive(Debug)]
pub enum Failure {
    /// What went wrong and, where there is one, the way out.
    Message(String),
    /// Ctrl-C, SIGTERM or SIGHUP arrived while something was under way.
    Interrupted,
}

pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    /// An operation on a file that the operating system refused.
    pub fn at(path: &Path, error: &io::Error) -> Self {
        Self::Message(format!("{}: {error}", path.display()))
    }

    /// The same failure, said with what was being attempted. An interruption stays one.
    #[must_use]
    pub fn during(self, attempt: &str) -> Self {
        match self {
            Self::Message(message) => Self::Message(format!("{attempt}: {message}")),
            Self::Interrupted => Self::Interrupted,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(message) => formatter.write_str(message),
            Self::Interrupted => formatter.write_str("interrupted"),
        }
    }
}

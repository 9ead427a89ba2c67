//! How a test fails: with the whole chain of causes.

use std::{error::Error, fmt};

/// Any error, as text. Deliberately no `Error` itself, so that every error turns into it with `?`.
pub struct Failed(String);

pub type Outcome<T = ()> = Result<T, Failed>;

impl Failed {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl<E: Error> From<E> for Failed {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        Self(text)
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

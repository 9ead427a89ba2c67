//! What can go wrong between a test and the stack, in words that say where to look.

use std::{path::PathBuf, time::Duration};

use http::Method;

type Source = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} cannot be read; is the stack up? (cargo xtask up --detach)", path.display())]
    StackUnreadable { path: PathBuf, source: Source },
    #[error("{what} is not usable")]
    Description { what: String, source: Source },
    #[error("{method} {path} got no answer")]
    NoAnswer { method: Method, path: String, source: Source },
    /// The answer came and is not what the description allows. `fault` tells all there is to know.
    #[error("{method} {path} broke the contract: {fault}")]
    Contract { method: Method, path: String, fault: String },
    #[error("{method} {path} answered {actual} instead of {expected}: {body}")]
    UnexpectedStatus { method: Method, path: String, expected: u16, actual: u16, body: String },
    #[error("the answer has no {pointer} of the wanted type: {body}")]
    MissingField { pointer: String, body: String },
    #[error("the sign-in of {email} was answered with the challenge {challenge}")]
    Challenged { email: String, challenge: String },
    /// The handshake was refused, as an unknown, used or expired ticket is.
    #[error("the socket was refused with {status}")]
    SocketRefused { status: u16 },
    #[error("the socket failed while {doing}")]
    Socket { doing: &'static str, source: Source },
    #[error("the socket was closed by the server")]
    SocketClosed,
    #[error("a frame broke the contract: {fault}")]
    Frame { fault: String },
    #[error("nothing came within {waited:?}: {what}")]
    TooLate { what: &'static str, waited: Duration },
}

impl Error {
    /// The text of the error and of everything beneath it, outermost first.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        text
    }
}

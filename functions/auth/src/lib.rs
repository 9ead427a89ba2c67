//! Signing in, what a token says, and whether a request may pass.

mod app;
pub mod authorizer;
pub mod challenge;
pub mod claims;
mod outcome;
mod password;
pub mod sign_in;
#[cfg(test)]
mod testing;

pub use app::{GateApp, SignInApp};

/// The HTTP routes of this domain.
pub const ROUTES: &[lambda::RouteSpec] = &[sign_in::ROUTE, challenge::ROUTE];

/// Its functions that no route leads to.
pub const WORKERS: &[&str] = &[authorizer::FUNCTION, claims::FUNCTION];

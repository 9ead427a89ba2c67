//! Access tokens have to prove themselves.

#![expect(clippy::unwrap_used, reason = "a test fails where its scene cannot be set")]

mod issuer;
mod verifying;

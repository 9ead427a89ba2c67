//! What comes in from outside and has to prove itself: tokens and webhooks.

#![expect(clippy::unwrap_used, reason = "a test fails where its scene cannot be set")]

mod issuer;
mod tokens;
mod twilio_vectors;

//! What comes in from outside and has to prove itself: webhooks.

#![expect(clippy::unwrap_used, reason = "a test fails where its scene cannot be set")]

mod twilio_vectors;

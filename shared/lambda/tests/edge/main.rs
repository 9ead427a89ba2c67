//! What comes in from outside and has to prove itself: tokens and webhooks.

mod issuer;
mod tokens;
mod twilio_vectors;

//! What is sealed of a user.

use serde::{Deserialize, Serialize};

/// A user's own data inside a sealed record. The tenants domain writes it, the calls domain reads which telephone to ring.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRecord {
    pub name: String,
    pub email: String,
    /// E.164; the telephone that a bridged call rings.
    pub phone: Option<String>,
}

//! What is sealed of a user.

use serde::{Deserialize, Serialize};

use crate::{language::LanguageTag, time_zone::TimeZoneName};

/// A user's own data inside a sealed record. The tenants domain writes it, the calls domain reads which telephone to ring.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRecord {
    pub name: String,
    pub email: String,
    /// E.164; the telephone that a bridged call rings.
    pub phone: Option<String>,
    /// Where the user's working hours are.
    #[serde(default)]
    pub timezone: Option<TimeZoneName>,
    /// What the user reads.
    #[serde(default)]
    pub locale: Option<LanguageTag>,
}

impl UserRecord {
    /// Of somebody new, of whom no more is known.
    #[must_use]
    pub fn new(name: String, email: String, phone: Option<String>) -> Self {
        Self { name, email, phone, timezone: None, locale: None }
    }
}

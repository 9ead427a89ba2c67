//! The e-mail addresses of a contact.

use kernel::{EmailAddress, Faults, UtcTime};
use serde::{Deserialize, Serialize};

use super::text::{at_most, repeated};
use crate::merge_patch::Member;

pub(super) const MOST: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailType {
    Work,
    Personal,
    Other,
}

/// Whether mail arrives there, as far as anybody knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailStatus {
    #[default]
    Unknown,
    Valid,
    Invalid,
    Bounced,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    pub address: EmailAddress,
    pub kind: EmailType,
    pub status: EmailStatus,
    /// Since when its reader wants no more mail.
    pub unsubscribed_at: Option<UtcTime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailInput {
    address: String,
    r#type: EmailType,
    #[serde(default)]
    status: Member<EmailStatus>,
    #[serde(default)]
    unsubscribed_at: Member<String>,
}

/// The addresses instead of those `before`. What is left out about an address that was there stays known.
pub fn parse(inputs: Vec<EmailInput>, before: &[Email], faults: &mut Faults) -> Vec<Email> {
    at_most("emails", inputs.len(), MOST, faults);
    let mut emails = Vec::with_capacity(inputs.len());
    for (position, input) in inputs.into_iter().take(MOST).enumerate() {
        let field = format!("emails[{position}]");
        match EmailAddress::parse(&input.address) {
            Some(address) => {
                let known = before.iter().find(|known| known.address.canonical() == address.canonical());
                emails.push(one(&field, address, input, known, faults));
            }
            None => {
                faults.add(format!("{field}.address"), "invalid_email", "This is not an e-mail address.");
            }
        }
    }
    repeated("emails", emails.iter().map(|email| email.address.canonical()), faults);
    emails
}

fn one(
    field: &str,
    address: EmailAddress,
    input: EmailInput,
    known: Option<&Email>,
    faults: &mut Faults,
) -> Email {
    let mut status = known.map(|known| known.status);
    input.status.merge(&mut status, Some);
    let mut unsubscribed_at = known.and_then(|known| known.unsubscribed_at);
    input.unsubscribed_at.merge(&mut unsubscribed_at, |text| {
        let time = UtcTime::parse(&text);
        if time.is_none() {
            faults.add(format!("{field}.unsubscribed_at"), "invalid_time", "Expected an RFC 3339 time.");
        }
        time
    });
    Email { address, kind: input.r#type, status: status.unwrap_or_default(), unsubscribed_at }
}

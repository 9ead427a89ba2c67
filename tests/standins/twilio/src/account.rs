//! Accounts, their keys and numbers, and how many calls a second they may start.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::{Duration, Instant};
use url::Url;

use crate::{clock::Clock, numbers::is_e164, sid::is_sid};

const SECOND: Duration = Duration::from_secs(1);

/// What `POST /_control/accounts` and the `--accounts` file take.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountRegistration {
    pub sid: String,
    pub auth_token: String,
    #[serde(default)]
    pub api_keys: Vec<ApiKey>,
    #[serde(default)]
    pub numbers: Vec<NumberRegistration>,
    pub calls_per_second: Option<u32>,
    #[serde(default)]
    pub over_limit: OverLimit,
}

/// What becomes of a call beyond the limit: 20429, or (as Twilio does with small bursts) a wait in the queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OverLimit {
    #[default]
    Refuse,
    Queue,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    pub sid: String,
    pub secret: String,
}

/// A number with its webhooks, or just the number.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "NumberForm")]
pub struct NumberRegistration(pub OwnNumber);

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a number, or {phone_number, voice_url, voice_fallback_url, status_callback, sms_url}"
)]
enum NumberForm {
    Bare(String),
    Full(OwnNumber),
}

impl From<NumberForm> for NumberRegistration {
    fn from(form: NumberForm) -> Self {
        Self(match form {
            NumberForm::Full(number) => number,
            NumberForm::Bare(phone_number) => OwnNumber { phone_number, ..OwnNumber::default() },
        })
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnNumber {
    pub phone_number: String,
    #[serde(default)]
    pub voice_url: Option<String>,
    #[serde(default)]
    pub voice_fallback_url: Option<String>,
    #[serde(default)]
    pub status_callback: Option<String>,
    #[serde(default)]
    pub sms_url: Option<String>,
}

pub struct Account {
    pub sid: String,
    pub auth_token: String,
    pub api_keys: Vec<ApiKey>,
    pub numbers: Vec<OwnNumber>,
    pub calls_per_second: u32,
    pub over_limit: OverLimit,
    pub created_at: Timestamp,
    /// When the last calls started or will start, as many as fit into a second.
    starts: VecDeque<Instant>,
}

impl Account {
    /// Parses a registration. The error names the field that is wrong.
    pub fn parse(input: AccountRegistration, default_rate: u32, now: Timestamp) -> Result<Self, String> {
        require(is_sid(&input.sid, "AC"), "sid", "AC and 32 hexadecimal digits")?;
        require(!input.auth_token.is_empty(), "auth_token", "not empty")?;
        for key in &input.api_keys {
            require(is_sid(&key.sid, "SK"), "api_keys.sid", "SK and 32 hexadecimal digits")?;
            require(!key.secret.is_empty(), "api_keys.secret", "not empty")?;
        }
        require(input.calls_per_second != Some(0), "calls_per_second", "at least 1")?;
        let numbers: Vec<_> = input.numbers.into_iter().map(|number| number.0).collect();
        for number in &numbers {
            require(is_e164(&number.phone_number), "numbers.phone_number", "E.164")?;
            let urls =
                [&number.voice_url, &number.voice_fallback_url, &number.status_callback, &number.sms_url];
            let all_good = urls.into_iter().flatten().all(|url| is_web_url(url));
            require(all_good, "numbers", "webhooks with http or https URLs")?;
        }
        Ok(Self {
            sid: input.sid,
            auth_token: input.auth_token,
            api_keys: input.api_keys,
            numbers,
            calls_per_second: input.calls_per_second.unwrap_or(default_rate),
            over_limit: input.over_limit,
            created_at: now,
            starts: VecDeque::new(),
        })
    }

    pub fn owns(&self, number: &str) -> bool {
        self.numbers.iter().any(|own| own.phone_number == number)
    }

    pub fn accepts(&self, user: &str, password: &str) -> bool {
        (user == self.sid && password == self.auth_token)
            || self.api_keys.iter().any(|key| key.sid == user && key.secret == password)
    }

    /// Takes a place in the second's quota: how long the call waits in the queue, or None when it is refused.
    pub fn take_call_slot(&mut self, clock: Clock) -> Option<Duration> {
        let now = Instant::now();
        let full = self.starts.len() >= self.calls_per_second as usize;
        let free = self.starts.front().filter(|_| full).map_or(now, |start| *start + clock.real(SECOND));
        if free > now && self.over_limit == OverLimit::Refuse {
            return None;
        }
        let start = free.max(now);
        self.starts.push_back(start);
        while self.starts.len() > self.calls_per_second as usize {
            self.starts.pop_front();
        }
        Some(clock.simulated(start - now))
    }
}

/// True for an absolute http or https URL with a host.
pub fn is_web_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn require(holds: bool, field: &str, expected: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{field}: expected {expected}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(extra: &str) -> Result<Account, String> {
        let text = format!(
            r#"{{"sid": "AC00000000000000000000000000000001", "auth_token": "secret", "numbers": ["+14155550100"]{extra}}}"#
        );
        let input = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        Account::parse(input, 1, Timestamp::UNIX_EPOCH)
    }

    #[tokio::test(start_paused = true)]
    async fn the_second_call_within_a_second_is_refused_or_queued() {
        let clock = Clock::new(1.0);
        let mut strict = account("").expect("a good account");
        assert_eq!(strict.take_call_slot(clock), Some(Duration::ZERO));
        assert_eq!(strict.take_call_slot(clock), None);
        let mut patient = account(r#", "over_limit": "queue""#).expect("a good account");
        assert_eq!(patient.take_call_slot(clock), Some(Duration::ZERO));
        for seconds in 1..4 {
            assert_eq!(patient.take_call_slot(clock), Some(SECOND * seconds));
        }
    }

    #[test]
    fn the_error_names_the_field() {
        let refusal = account(r#", "calls_per_second": 0"#).err().expect("refused");
        assert!(refusal.starts_with("calls_per_second"), "{refusal}");
        let refusal = account(r#", "colour": 0"#).err().expect("refused");
        assert!(refusal.contains("colour"), "{refusal}");
    }
}

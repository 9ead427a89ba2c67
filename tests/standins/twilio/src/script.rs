//! How the next calls and messages go, set by `POST /_control/script`.

use serde::Deserialize;
use tokio::time::Duration;

use crate::{
    api_error::ApiError,
    call_status::CallStatus,
    delivery::{Delivery, Order},
};

/// The body of `POST /_control/script`. Times are milliseconds of the simulated network.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// Only this account's; every account's without it.
    pub account_sid: Option<String>,
    /// Only calls and messages to this number; to every number without it.
    pub to: Option<String>,
    pub outcome: Outcome,
    /// From accepted to handed to the carrier (`initiated`; a message is `sent` then).
    pub queue_ms: Option<u64>,
    /// From `initiated` to ringing, from `sent` to the handset.
    pub ring_ms: Option<u64>,
    /// From ringing to the answer, or to busy, no-answer, canceled.
    pub answer_ms: Option<u64>,
    /// How long the called party talks before it hangs up.
    pub talk_ms: Option<u64>,
    /// `manual`: rings until `/_control/answer`.
    pub answer: Control,
    /// `manual`: the called party hangs up at `/_control/hang-up` only.
    pub hang_up: Control,
    pub callbacks: Order,
    pub callback_delay_ms: u64,
    pub message_outcome: MessageOutcome,
    pub fail_next: Option<FailNext>,
    /// What becomes of recordings of what is said on this leg.
    pub recording: RecordingOutcome,
    /// How long the caller speaks where a `<Record>` listens.
    pub voicemail_ms: Option<u64>,
    /// The keys that are pressed where a `<Gather>` asks; none without it.
    pub digits: Option<String>,
    /// As `fail_next`, for the media of recordings.
    pub fail_media: Option<FailNext>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    #[default]
    Completed,
    Busy,
    NoAnswer,
    Failed,
    Canceled,
}

impl Outcome {
    pub fn status(self) -> CallStatus {
        match self {
            Self::Completed => CallStatus::Completed,
            Self::Busy => CallStatus::Busy,
            Self::NoAnswer => CallStatus::NoAnswer,
            Self::Failed => CallStatus::Failed,
            Self::Canceled => CallStatus::Canceled,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Control {
    #[default]
    Auto,
    Manual,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageOutcome {
    #[default]
    Delivered,
    Undelivered,
    Failed,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordingOutcome {
    #[default]
    Whole,
    /// It lasts no second and has no bytes.
    Empty,
    /// Nothing was heard, says its callback.
    Absent,
    /// It is there, and no callback says so.
    Unannounced,
    /// It never comes about.
    Missing,
}

/// The next `count` creations of a call or a message answer this error after `delay_ms`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailNext {
    pub status: u16,
    pub code: u32,
    #[serde(default = "once")]
    pub count: u32,
    #[serde(default)]
    pub delay_ms: u64,
    #[serde(default)]
    pub message: Option<String>,
}

fn once() -> u32 {
    1
}

/// An error to be answered instead of doing the work.
pub struct PlannedFailure {
    pub error: ApiError,
    pub delay: Duration,
}

impl Script {
    pub fn validate(&self) -> Result<(), String> {
        for (name, fail) in [("fail_next", &self.fail_next), ("fail_media", &self.fail_media)] {
            if fail.as_ref().is_some_and(|fail| !(400..600).contains(&fail.status)) {
                return Err(format!("{name}.status: expected 400 to 599"));
            }
        }
        Ok(())
    }

    pub fn voicemail(&self) -> Duration {
        Duration::from_millis(self.voicemail_ms.unwrap_or(2_000))
    }

    pub fn queue(&self) -> Duration {
        Duration::from_millis(self.queue_ms.unwrap_or(100))
    }

    pub fn ring(&self) -> Duration {
        Duration::from_millis(self.ring_ms.unwrap_or(600))
    }

    pub fn answer_after(&self) -> Duration {
        Duration::from_millis(self.answer_ms.unwrap_or(2_000))
    }

    pub fn delivery(&self) -> Delivery {
        Delivery { order: self.callbacks, delay: Duration::from_millis(self.callback_delay_ms) }
    }

    fn matches(&self, account_sid: &str, to: &str) -> bool {
        self.account_sid.as_deref().is_none_or(|sid| sid == account_sid)
            && self.to.as_deref().is_none_or(|number| number == to)
    }

    /// A script for one number beats one for an account, which beats one for all.
    fn weight(&self) -> u8 {
        2 * u8::from(self.to.is_some()) + u8::from(self.account_sid.is_some())
    }
}

/// The scripts in force; one per pair of account and number.
#[derive(Default)]
pub struct Scripts(Vec<Script>);

impl Scripts {
    pub fn set(&mut self, script: Script) {
        self.0.retain(|old| old.account_sid != script.account_sid || old.to != script.to);
        self.0.push(script);
    }

    /// Forgets the account's scripts, or all of them.
    pub fn forget(&mut self, account_sid: Option<&str>) {
        self.0.retain(|script| account_sid.is_some() && script.account_sid.as_deref() != account_sid);
    }

    pub fn find(&self, account_sid: &str, to: &str) -> Script {
        let matching = self.0.iter().filter(|script| script.matches(account_sid, to));
        matching.max_by_key(|script| script.weight()).cloned().unwrap_or_default()
    }

    /// Uses up one of the failures that are planned for this number, if any is left.
    pub fn take_failure(&mut self, account_sid: &str, to: &str) -> Option<PlannedFailure> {
        self.take(account_sid, to, |script| &mut script.fail_next)
    }

    /// As [`Scripts::take_failure`], for the media of a recording.
    pub fn take_media_failure(&mut self, account_sid: &str, to: &str) -> Option<PlannedFailure> {
        self.take(account_sid, to, |script| &mut script.fail_media)
    }

    fn take(
        &mut self,
        account_sid: &str,
        to: &str,
        of: impl Fn(&mut Script) -> &mut Option<FailNext>,
    ) -> Option<PlannedFailure> {
        let matching = self.0.iter_mut().filter(|script| script.matches(account_sid, to));
        let armed = matching.filter_map(|script| {
            let weight = script.weight();
            let fail = of(script).as_mut().filter(|fail| fail.count > 0)?;
            Some((weight, fail))
        });
        let (_, fail) = armed.max_by_key(|(weight, _)| *weight)?;
        fail.count -= 1;
        let status = axum::http::StatusCode::from_u16(fail.status).ok()?;
        let message = fail.message.clone().unwrap_or_else(|| "A failure that a test asked for".to_owned());
        let error = ApiError { status, code: fail.code, message };
        Some(PlannedFailure { error, delay: Duration::from_millis(fail.delay_ms) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Script {
        serde_json::from_str(text).expect("a script")
    }

    #[test]
    fn the_most_specific_script_wins_and_a_new_one_replaces_the_old() {
        let mut scripts = Scripts::default();
        scripts.set(script(r#"{"talk_ms": 1}"#));
        scripts.set(script(r#"{"account_sid": "AC1", "talk_ms": 2}"#));
        scripts.set(script(r#"{"to": "+1", "talk_ms": 3}"#));
        assert_eq!(scripts.find("AC2", "+2").talk_ms, Some(1));
        assert_eq!(scripts.find("AC1", "+2").talk_ms, Some(2));
        assert_eq!(scripts.find("AC1", "+1").talk_ms, Some(3));
        scripts.set(script(r#"{"to": "+1", "talk_ms": 4}"#));
        assert_eq!(scripts.find("AC1", "+1").talk_ms, Some(4));
    }

    #[test]
    fn planned_failures_run_out() {
        let mut scripts = Scripts::default();
        scripts.set(script(r#"{"fail_next": {"status": 500, "code": 20500, "count": 2}}"#));
        let mut codes = Vec::new();
        while let Some(failure) = scripts.take_failure("AC1", "+1") {
            codes.push(failure.error.code);
        }
        assert_eq!(codes, [20500, 20500]);
    }

    #[test]
    fn unknown_options_and_outcomes_are_refused() {
        for text in [r#"{"talk": 1}"#, r#"{"outcome": "lost"}"#, r#"{"fail_next": {"status": 500}}"#] {
            assert!(serde_json::from_str::<Script>(text).is_err(), "{text}");
        }
    }
}

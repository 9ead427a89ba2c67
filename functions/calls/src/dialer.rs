//! The outside party that places calls.

use async_trait::async_trait;
use kernel::{
    UtcTime,
    failure::{BoxError, Failure},
};

use crate::{
    call::ProviderCallId,
    progress::{CallStatus, Report},
    recorded::ProviderRecordingId,
    telephony::TelephonyAccount,
};

/// What the provider is asked to do: ring `to`, show `from`, and once it is answered go by the instructions. Numbers in E.164.
#[derive(Clone)]
pub struct DialRequest {
    pub to: String,
    pub from: String,
    /// TwiML.
    pub instructions: String,
    /// Where the call's progress is reported.
    pub status_url: String,
}

/// A name and a secret that the provider knows: an account and its token, or a key of the account's.
#[derive(Clone)]
pub struct Credentials {
    pub user: String,
    pub secret: String,
}

/// A leg as the provider knows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegState {
    pub id: ProviderCallId,
    pub status: CallStatus,
    pub ended_at: Option<UtcTime>,
    /// Of a leg that was answered.
    pub duration_seconds: Option<u32>,
}

impl LegState {
    /// As if the provider had reported it.
    #[must_use]
    pub fn report(&self) -> Report {
        let answered = self.status == CallStatus::Completed;
        Report {
            status: self.status,
            at: self.ended_at.filter(|_| self.status.is_final()),
            duration_seconds: self.duration_seconds.filter(|_| answered),
        }
    }
}

/// A recording as the provider knows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingAccount {
    pub id: ProviderRecordingId,
    pub status: ProviderRecordingStatus,
    pub duration_seconds: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderRecordingStatus {
    /// Being made.
    Unfinished,
    Completed,
    /// Nothing was recorded, or it failed.
    Absent,
}

#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The provider understood and said no; nothing rings.
    #[error("the provider refused with code {code}")]
    Refused { code: i64 },
    /// The provider asks for a slower pace; nothing rings.
    #[error("the provider limits the rate of calls")]
    RateLimited,
    /// The provider was never reached; nothing rings.
    #[error("the provider cannot be reached")]
    Unreached(#[source] BoxError),
    /// No answer, or one that says nothing: it may ring or not. The provider's reports will tell.
    #[error("the provider's answer is missing")]
    Unclear(#[source] BoxError),
}

impl DialError {
    /// Whether it is certain that no call was placed.
    #[must_use]
    pub fn nothing_rings(&self) -> bool {
        !matches!(self, Self::Unclear(_))
    }
}

impl From<DialError> for Failure {
    fn from(error: DialError) -> Self {
        match error {
            DialError::Refused { code } => {
                Self::ProviderRefused { code: "provider_refused", reason: refusal_reason(code).to_owned() }
            }
            DialError::RateLimited => Self::Throttled { retry_after_seconds: 1 },
            DialError::Unreached(_) | DialError::Unclear(_) => Self::ProviderUnavailable(Box::new(error)),
        }
    }
}

/// Twilio's error codes that a user can do something about, in our words.
fn refusal_reason(code: i64) -> &'static str {
    match code {
        20003 => "the telephony account's credentials are wrong",
        21210 | 21212 => "the caller id is not a number of the telephony account",
        21211 | 21214 | 21217 => "the number cannot be dialed",
        21215 | 21216 | 13227 => "the telephony account does not allow calls to this number's country",
        _ => "the call was not accepted",
    }
}

/// Places calls. The real one speaks to Twilio; tests put a stand-in server behind the same one.
#[async_trait]
pub trait Dialer: Send + Sync {
    /// Gives the provider's id of the call that is being placed.
    async fn dial(
        &self,
        account: &TelephonyAccount,
        request: &DialRequest,
    ) -> Result<ProviderCallId, DialError>;

    /// Ends a call by its first leg, whether or not it has been answered.
    async fn hang_up(&self, account: &TelephonyAccount, leg: &ProviderCallId) -> Result<(), DialError>;

    /// The call's legs as they stand: the first, and those that hang on it. [`DialError::Refused`] with 20404 where the provider
    /// knows no such call.
    async fn legs(
        &self,
        account: &TelephonyAccount,
        first: &ProviderCallId,
    ) -> Result<Vec<LegState>, DialError>;

    /// Begins to record a call in progress, either side on a channel of its own; `callback_url` is told when it is done.
    async fn record(
        &self,
        account: &TelephonyAccount,
        leg: &ProviderCallId,
        callback_url: &str,
    ) -> Result<(), DialError>;

    /// The recordings of a call, by its first leg.
    async fn recordings(
        &self,
        account: &TelephonyAccount,
        first: &ProviderCallId,
    ) -> Result<Vec<RecordingAccount>, DialError>;

    /// Whether `credentials` open the account's calls; nothing rings.
    async fn check(&self, account_sid: &str, credentials: &Credentials) -> Result<(), DialError>;
}

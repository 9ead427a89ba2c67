//! What a call is.

use kernel::{
    Activity, ActivityId, CallId, Caller, ContactId, UserId, UtcTime,
    activity::{Body, CallSummary, Source},
};

use crate::progress::{Progress, Report};

/// An outbound call from a user to a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub id: CallId,
    pub contact: ContactId,
    /// Who called.
    pub user: UserId,
    /// Whose contact it was when the call was placed.
    pub owner: UserId,
    pub numbers: CallNumbers,
    /// The provider's id, once it is known.
    pub provider_call_id: Option<ProviderCallId>,
    pub dialed_at: UtcTime,
    pub progress: Progress,
    /// Counts up from 1 with every change.
    pub version: i64,
    pub updated_at: UtcTime,
}

/// E.164, both. Sealed at rest.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CallNumbers {
    /// The contact's.
    pub remote: String,
    /// The tenant's, which the contact sees.
    pub local: String,
}

impl std::fmt::Debug for CallNumbers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CallNumbers(redacted)")
    }
}

/// Twilio's `CA` and 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderCallId(String);

impl ProviderCallId {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("CA")?;
        let fits = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Something learnt about a call.
#[derive(Debug, Clone, Default)]
pub struct News {
    pub provider_call_id: Option<ProviderCallId>,
    pub report: Option<Report>,
}

/// The news are about another call than the one they were sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the provider's call id is another call's")]
pub struct ForeignNews;

impl Call {
    #[must_use]
    pub fn place(
        id: CallId,
        contact: ContactId,
        owner: UserId,
        caller: &Caller,
        numbers: CallNumbers,
        now: UtcTime,
    ) -> Self {
        Self {
            id,
            contact,
            user: caller.user.clone(),
            owner,
            numbers,
            provider_call_id: None,
            dialed_at: now,
            progress: Progress::NEW,
            version: 1,
            updated_at: now,
        }
    }

    /// The call after the news; `None` where they change nothing. A report may come before the answer to our own request
    /// has told the provider's id, so the first id heard is the call's.
    pub fn learn(&self, news: &News, now: UtcTime) -> Result<Option<Self>, ForeignNews> {
        if let (Some(known), Some(heard)) = (&self.provider_call_id, &news.provider_call_id)
            && known != heard
        {
            return Err(ForeignNews);
        }
        let report = news.report.map(|report| report.dated(self.dialed_at));
        let progress = report.map_or(self.progress, |report| self.progress.merge(report));
        let provider_call_id = self.provider_call_id.clone().or_else(|| news.provider_call_id.clone());
        if progress == self.progress && provider_call_id == self.provider_call_id {
            return Ok(None);
        }
        Ok(Some(Self {
            progress,
            provider_call_id,
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        }))
    }

    /// The one activity of a call, once it is over. Its key depends on nothing that a later report could change.
    #[must_use]
    pub fn activity(&self) -> Option<Activity> {
        let status = self.progress.status;
        status.is_final().then(|| Activity {
            id: ActivityId::of_call(&self.id),
            occurred_at: self.dialed_at,
            contact_id: self.contact.clone(),
            user_id: self.user.clone(),
            owner_id: self.owner.clone(),
            source: Source::Internal,
            body: Body::Call(CallSummary {
                call_id: self.id.clone(),
                direction: "outbound".to_owned(),
                status: status.as_str().to_owned(),
                disposition: status.disposition().map(str::to_owned),
                duration_seconds: self.progress.duration_seconds.map(i64::from),
            }),
            created_at: self.updated_at,
        })
    }
}

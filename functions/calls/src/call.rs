//! What a call is.

use kernel::{
    Activity, ActivityId, CallId, ContactId, UserId, UtcTime,
    activity::{Body, CallSummary, Source},
};

use crate::{
    legs::{LegNews, LegRole, Legs},
    outcome::Outcome,
    progress::{CallStatus, Progress, Report},
    recorded::{Consent, Recorded, Recording, RecordingState},
};

/// A call between a user and somebody outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub id: CallId,
    pub direction: Direction,
    pub mode: Mode,
    /// `None` for a caller whom the tenant does not know.
    pub contact: Option<ContactId>,
    /// Who called, or answered; `None` while nobody has.
    pub user: Option<UserId>,
    /// Whose contact it was when the call began.
    pub owner: Option<UserId>,
    /// Whom an inbound call rings.
    pub rung: Vec<UserId>,
    pub numbers: CallNumbers,
    /// The provider's id of the first leg, once it is known.
    pub provider_call_id: Option<ProviderCallId>,
    pub dialed_at: UtcTime,
    pub legs: Legs,
    pub recorded: Recorded,
    /// What it was worth, as the user says.
    pub outcome: Option<Outcome>,
    pub note: Option<String>,
    /// Counts up from 1 with every change.
    pub version: i64,
    pub updated_at: UtcTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Inbound,
    Outbound,
}

/// How the user's side takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By the user's own telephone.
    Bridge,
    /// By the user's browser.
    Browser,
    /// However whoever is rung takes it.
    Inbound,
    /// Not through this system: written down afterwards.
    Manual,
}

/// E.164, both. Sealed at rest.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CallNumbers {
    /// The other side's; what the provider gave for it where a caller withheld it.
    pub remote: String,
    /// The tenant's. Empty for calls made elsewhere.
    pub local: String,
}

impl std::fmt::Debug for CallNumbers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CallNumbers(redacted)")
    }
}

/// Twilio's `CA` and 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
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

impl Direction {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Inbound, Self::Outbound].into_iter().find(|known| known.as_str() == text)
    }

    /// Whose leg is the first, on which the others hang.
    #[must_use]
    pub fn first_leg(self) -> LegRole {
        match self {
            Self::Inbound => LegRole::Contact,
            Self::Outbound => LegRole::Agent,
        }
    }
}

impl Mode {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bridge => "bridge",
            Self::Browser => "browser",
            Self::Inbound => "inbound",
            Self::Manual => "manual",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Bridge, Self::Browser, Self::Inbound, Self::Manual]
            .into_iter()
            .find(|known| known.as_str() == text)
    }
}

/// Something learnt about a call.
#[derive(Debug, Clone, Default)]
pub struct News {
    /// The provider's id of the first leg.
    pub provider_call_id: Option<ProviderCallId>,
    /// About one leg; `parent` is the first leg's id where this is not the first itself.
    pub leg: Option<(LegNews, Option<ProviderCallId>)>,
    /// About the call as such.
    pub own: Option<Report>,
    pub consent: Option<Consent>,
    pub recording: Option<Recording>,
}

/// The news are about another call, or another recording, than the one they were sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the provider's id is another call's or recording's")]
pub struct ForeignNews;

impl Call {
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.legs.progress(self.direction)
    }

    #[must_use]
    pub fn status(&self) -> CallStatus {
        self.progress().status
    }

    /// How the attempt ended, apart from what it was worth; `None` while it goes on.
    #[must_use]
    pub fn disposition(&self) -> Option<&'static str> {
        let missed = self.direction == Direction::Inbound && self.status() == CallStatus::NoAnswer;
        if missed && self.recorded.has_message() { Some("vm-left") } else { self.status().disposition() }
    }

    /// Whether the call is over, and nothing of it is still on its way.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let status = self.status();
        let awaited = self.recorded.state(status).is_some_and(RecordingState::is_open);
        status.is_final() && !awaited
    }

    /// The call after the news; `None` where they change nothing. A report may come before the answer to our own request
    /// has told the provider's id, so the first id heard is the call's.
    pub fn learn(&self, news: &News, now: UtcTime) -> Result<Option<Self>, ForeignNews> {
        let mut next = self.clone();
        next.know_first_leg(news.provider_call_id.as_ref())?;
        if let Some((leg, parent)) = &news.leg {
            let first = if leg.role == self.direction.first_leg() { Some(&leg.id) } else { parent.as_ref() };
            next.know_first_leg(first)?;
            let report = leg.report.dated(self.dialed_at);
            next.legs = next.legs.merge(&LegNews { report, ..leg.clone() });
        }
        if let Some(report) = news.own {
            next.legs = next.legs.merge_own(report);
        }
        if let Some(consent) = &news.consent {
            next.recorded = next.recorded.with_consent(consent);
        }
        if let Some(recording) = &news.recording {
            next.recorded = next.recorded.with_recording(recording).ok_or(ForeignNews)?;
        }
        if self.direction == Direction::Inbound {
            next.user = next.legs.answered_by().cloned().or(next.user);
        }
        if next == *self {
            return Ok(None);
        }
        next.version += 1;
        next.updated_at = now;
        Ok(Some(next))
    }

    fn know_first_leg(&mut self, heard: Option<&ProviderCallId>) -> Result<(), ForeignNews> {
        match (&self.provider_call_id, heard) {
            (Some(known), Some(heard)) if known != heard => Err(ForeignNews),
            (None, Some(heard)) => {
                self.provider_call_id = Some(heard.clone());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The call with what its user says about it; `None` where that is nothing new.
    #[must_use]
    pub fn described(&self, outcome: Option<Outcome>, note: Option<String>, now: UtcTime) -> Option<Self> {
        let next = Self { outcome, note, ..self.clone() };
        (next != *self).then(|| Self { version: self.version + 1, updated_at: now, ..next })
    }

    /// The one activity of a call, once it is over. Its key depends on nothing that a later report could change. A call with
    /// nobody's contact has no timeline to stand on.
    #[must_use]
    pub fn activity(&self) -> Option<Activity> {
        let progress = self.progress();
        let status = progress.status;
        let (contact, owner) = (self.contact.clone()?, self.owner.clone()?);
        status.is_final().then(|| Activity {
            id: ActivityId::of_call(&self.id),
            occurred_at: self.dialed_at,
            contact_id: contact,
            user_id: self.user.clone().unwrap_or_else(|| owner.clone()),
            owner_id: owner,
            source: if self.mode == Mode::Manual { Source::External } else { Source::Internal },
            body: Body::Call(CallSummary {
                call_id: self.id.clone(),
                direction: self.direction.as_str().to_owned(),
                status: status.as_str().to_owned(),
                disposition: self.disposition().map(str::to_owned),
                duration_seconds: progress.duration_seconds.map(i64::from),
                outcome: self.outcome.map(|outcome| outcome.as_str().to_owned()),
                recording: self.recorded.state(status).map(|state| state.as_str().to_owned()),
            }),
            created_at: progress.completed_at.unwrap_or(self.dialed_at),
        })
    }
}

#[cfg(test)]
mod tests;

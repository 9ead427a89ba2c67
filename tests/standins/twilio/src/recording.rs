//! Recordings: from the answer (or the API's word) to the end of the call, then processed, then completed.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use crate::{
    app::App,
    call::whole_seconds,
    clock::rfc2822,
    delivery,
    journal::EntryKind,
    script::RecordingOutcome,
    shelf::Record,
    webhook::{Method, Webhook},
};

/// How long Twilio takes from the end of a recording to its media.
const PROCESSING: Duration = Duration::from_millis(300);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingStatus {
    InProgress,
    Paused,
    Processing,
    Completed,
    Absent,
}

impl RecordingStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::InProgress => "in-progress",
            Self::Paused => "paused",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Absent => "absent",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingSource {
    DialVerb,
    RecordVerb,
    OutboundApi,
    StartCallRecordingApi,
}

impl RecordingSource {
    pub fn name(self) -> &'static str {
        match self {
            Self::DialVerb => "DialVerb",
            Self::RecordVerb => "RecordVerb",
            Self::OutboundApi => "OutboundAPI",
            Self::StartCallRecordingApi => "StartCallRecordingAPI",
        }
    }
}

#[derive(Debug, Clone)]
pub struct RecordingPlan {
    pub source: RecordingSource,
    pub dual_channel: bool,
    pub track: String,
    pub callback_url: Option<String>,
    pub callback_method: Method,
    /// Of `in-progress`, `completed` and `absent`.
    pub events: Vec<String>,
}

impl RecordingPlan {
    pub fn completed_only(source: RecordingSource, dual_channel: bool, callback_url: Option<String>) -> Self {
        Self {
            source,
            dual_channel,
            track: "both".to_owned(),
            callback_url,
            callback_method: Method::Post,
            events: vec!["completed".to_owned()],
        }
    }

    /// The same with the events that an instruction names, if it names any.
    pub fn telling(self, events: &[String]) -> Self {
        if events.is_empty() { self } else { Self { events: events.to_vec(), ..self } }
    }
}

pub struct Recording {
    pub sid: String,
    pub account_sid: String,
    pub call_sid: String,
    /// With which it ends; of a `<Dial>` the dialed one, while the recording is the dialing one's.
    pub leg_sid: String,
    pub outcome: RecordingOutcome,
    pub plan: RecordingPlan,
    pub status: RecordingStatus,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// What was recorded before the last pause.
    heard: Duration,
    /// When the running stretch began.
    since: Option<Instant>,
    /// Whole seconds, once it has ended.
    pub duration: Option<u64>,
    /// Takes its callbacks; none any more once all have been handed over.
    courier: Option<UnboundedSender<Webhook>>,
}

impl Record for Recording {
    fn sid(&self) -> &str {
        &self.sid
    }
}

impl Recording {
    pub fn is_running(&self) -> bool {
        matches!(self.status, RecordingStatus::InProgress | RecordingStatus::Paused)
    }

    pub fn channels(&self) -> u16 {
        if self.plan.dual_channel { 2 } else { 1 }
    }

    pub fn path(&self) -> String {
        format!("/2010-04-01/Accounts/{}/Recordings/{}", self.account_sid, self.sid)
    }

    /// What a call's last callback says about its recording.
    pub fn url_params(&self, app: &App) -> Vec<(String, String)> {
        let mut params = vec![
            ("RecordingUrl".to_owned(), format!("{}{}", app.base_url, self.path())),
            ("RecordingSid".to_owned(), self.sid.clone()),
        ];
        let seconds = self.duration.unwrap_or_else(|| whole_seconds(self.length(app)));
        params.push(("RecordingDuration".to_owned(), seconds.to_string()));
        params
    }

    fn length(&self, app: &App) -> Duration {
        self.heard + self.since.map_or(Duration::ZERO, |since| app.clock.passed_since(since))
    }

    fn tell(&self, app: &App) {
        if let (Some(callback), Some(courier)) = (self.callback(app), &self.courier) {
            // The courier outlives the recording; a send can fail only while the process ends.
            let _ = courier.send(callback);
        }
    }

    fn callback(&self, app: &App) -> Option<Webhook> {
        let wanted = self.outcome != RecordingOutcome::Unannounced
            && self.plan.events.iter().any(|event| event == self.status.name());
        let url = self.plan.callback_url.clone().filter(|_| wanted)?;
        let mut params: Vec<_> = [
            ("AccountSid", self.account_sid.clone()),
            ("CallSid", self.call_sid.clone()),
            ("RecordingStatus", self.status.name().to_owned()),
            ("RecordingChannels", self.channels().to_string()),
            ("RecordingTrack", self.plan.track.clone()),
            ("RecordingSource", self.plan.source.name().to_owned()),
            ("RecordingStartTime", rfc2822(self.created_at)),
            ("ErrorCode", "0".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        params.extend(self.url_params(app));
        Some(Webhook {
            kind: EntryKind::Callback,
            account_sid: self.account_sid.clone(),
            resource_sid: self.sid.clone(),
            url,
            method: self.plan.callback_method,
            params,
        })
    }
}

/// Begins to record what is said on the leg, as a recording of the call. `None` where the leg's script has it never come about.
pub fn start(
    app: &Arc<App>,
    account_sid: &str,
    call_sid: &str,
    leg_sid: &str,
    plan: RecordingPlan,
) -> Option<String> {
    let script = app.state().script_of(leg_sid);
    if script.recording == RecordingOutcome::Missing {
        return None;
    }
    let now = app.clock.now();
    let recording = Recording {
        sid: app.sids.next("RE"),
        account_sid: account_sid.to_owned(),
        call_sid: call_sid.to_owned(),
        leg_sid: leg_sid.to_owned(),
        outcome: script.recording,
        plan,
        status: RecordingStatus::InProgress,
        created_at: now,
        updated_at: now,
        heard: Duration::ZERO,
        since: Some(Instant::now()),
        duration: None,
        courier: Some(delivery::start(Arc::clone(app), script.delivery())),
    };
    let sid = recording.sid.clone();
    recording.tell(app);
    app.state().recordings.put(recording);
    Some(sid)
}

/// Pauses or goes on. False when it has ended.
pub fn set_paused(app: &Arc<App>, sid: &str, paused: bool) -> bool {
    let mut state = app.state();
    let Some(recording) = state.recordings.get_mut(sid).filter(|row| row.is_running()) else { return false };
    recording.heard = recording.length(app);
    recording.since = (!paused).then(Instant::now);
    recording.status = if paused { RecordingStatus::Paused } else { RecordingStatus::InProgress };
    recording.updated_at = app.clock.now();
    true
}

/// Ends the recording; its media and its callback follow when it has been processed.
pub fn stop(app: &Arc<App>, sid: &str) -> bool {
    {
        let mut state = app.state();
        let Some(recording) = state.recordings.get_mut(sid).filter(|row| row.is_running()) else {
            return false;
        };
        let heard = recording.outcome == RecordingOutcome::Whole
            || recording.outcome == RecordingOutcome::Unannounced;
        recording.duration = Some(if heard { whole_seconds(recording.length(app)) } else { 0 });
        recording.since = None;
        recording.status = RecordingStatus::Processing;
        recording.updated_at = app.clock.now();
    }
    let (app, sid) = (Arc::clone(app), sid.to_owned());
    tokio::spawn(async move {
        app.clock.wait(PROCESSING).await;
        let mut state = app.state();
        let Some(recording) = state.recordings.get_mut(&sid) else { return };
        recording.status = match recording.outcome {
            RecordingOutcome::Absent => RecordingStatus::Absent,
            _ => RecordingStatus::Completed,
        };
        recording.updated_at = app.clock.now();
        recording.tell(&app);
        recording.courier = None;
    });
    true
}

//! Recordings: from the answer (or the API's word) to the end of the call, then processed, then completed.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::{Duration, Instant};

use crate::{
    app::App,
    call::whole_seconds,
    clock::rfc2822,
    journal::EntryKind,
    shelf::Record,
    webhook::{self, Method, Webhook},
};

/// How long Twilio takes from the end of a recording to its media.
const PROCESSING: Duration = Duration::from_millis(300);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingStatus {
    InProgress,
    Paused,
    Processing,
    Completed,
}

impl RecordingStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::InProgress => "in-progress",
            Self::Paused => "paused",
            Self::Processing => "processing",
            Self::Completed => "completed",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingSource {
    DialVerb,
    OutboundApi,
    StartCallRecordingApi,
}

impl RecordingSource {
    pub fn name(self) -> &'static str {
        match self {
            Self::DialVerb => "DialVerb",
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
}

pub struct Recording {
    pub sid: String,
    pub account_sid: String,
    pub call_sid: String,
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

    fn callback(&self, app: &App) -> Option<Webhook> {
        let wanted = self.plan.events.iter().any(|event| event == self.status.name());
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

/// Begins to record the call.
pub fn start(app: &Arc<App>, account_sid: &str, call_sid: &str, plan: RecordingPlan) -> String {
    let now = app.clock.now();
    let recording = Recording {
        sid: app.sids.next("RE"),
        account_sid: account_sid.to_owned(),
        call_sid: call_sid.to_owned(),
        plan,
        status: RecordingStatus::InProgress,
        created_at: now,
        updated_at: now,
        heard: Duration::ZERO,
        since: Some(Instant::now()),
        duration: None,
    };
    let sid = recording.sid.clone();
    tell(app, recording.callback(app));
    app.state().recordings.put(recording);
    sid
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
        recording.duration = Some(whole_seconds(recording.length(app)));
        recording.since = None;
        recording.status = RecordingStatus::Processing;
        recording.updated_at = app.clock.now();
    }
    let (app, sid) = (Arc::clone(app), sid.to_owned());
    tokio::spawn(async move {
        app.clock.wait(PROCESSING).await;
        let callback = {
            let mut state = app.state();
            let Some(recording) = state.recordings.get_mut(&sid) else { return };
            recording.status = RecordingStatus::Completed;
            recording.updated_at = app.clock.now();
            recording.callback(&app)
        };
        tell(&app, callback);
    });
    true
}

fn tell(app: &Arc<App>, callback: Option<Webhook>) {
    let Some(callback) = callback else { return };
    let app = Arc::clone(app);
    tokio::spawn(async move { webhook::send(&app, &callback).await });
}

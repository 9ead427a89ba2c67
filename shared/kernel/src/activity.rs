//! An entry of a contact's timeline: one envelope for every kind of interaction. Domains write it, the timeline and the
//! socket show it; this is the form they share.

use serde::{Deserialize, Serialize};

use crate::{
    id::{ActivityId, CallId, ContactId, NoteId, TaskId, UserId},
    time::UtcTime,
};

/// One entry. Serialises as the API shows it; holds no personal data beyond ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activity {
    pub id: ActivityId,
    /// When it happened, not when it was written down.
    pub occurred_at: UtcTime,
    pub contact_id: ContactId,
    /// Who did it.
    pub user_id: UserId,
    /// Whose contact it was at that time; hears of it, and is not part of the view.
    #[serde(skip)]
    pub owner_id: UserId,
    pub source: Source,
    #[serde(flatten)]
    pub body: Body,
    pub created_at: UtcTime,
}

/// Whether it happened through this system or was reported to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Internal,
    External,
}

/// What happened; the wire form has `type` and an object of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Call(CallSummary),
    Note(NoteSummary),
    Task(TaskSummary),
    Contact(ContactSummary),
}

impl Serialize for Body {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(2))?;
        match self {
            Self::Call(call) => {
                map.serialize_entry("type", self.kind())?;
                map.serialize_entry("call", call)?;
            }
            Self::Note(note) => {
                map.serialize_entry("type", self.kind())?;
                map.serialize_entry("note", note)?;
            }
            Self::Task(task) => {
                map.serialize_entry("type", self.kind())?;
                map.serialize_entry("task", task)?;
            }
            Self::Contact(contact) => {
                map.serialize_entry("type", self.kind())?;
                map.serialize_entry("contact", contact)?;
            }
        }
        map.end()
    }
}

impl Body {
    /// The word in `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Call(_) => "call",
            Self::Note(_) => "note",
            Self::Task(_) => "task",
            Self::Contact(_) => "contact",
        }
    }
}

/// A call that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallSummary {
    pub call_id: CallId,
    /// `inbound` or `outbound`.
    pub direction: String,
    pub status: String,
    pub disposition: Option<String>,
    pub duration_seconds: Option<i64>,
    /// What it was worth, as its user says.
    pub outcome: Option<String>,
    /// How its recording, or the message that was left, stands; `None` where there is none to expect.
    pub recording: Option<String>,
}

/// A note. What it says is personal: it stands sealed beside the activity, and is there only where somebody reads the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteSummary {
    pub note_id: NoteId,
    pub mentions: Vec<UserId>,
    pub version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Whether something is still to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    Open,
    Done,
}

impl TaskStatus {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
        }
    }

    /// What [`TaskStatus::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Done].into_iter().find(|status| status.as_str() == text)
    }
}

/// A task as it stands. What it says is sealed beside the activity, as with notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskSummary {
    pub task_id: TaskId,
    /// Whose it is to do.
    pub assignee_id: UserId,
    pub status: TaskStatus,
    pub due_at: UtcTime,
    /// When its assignee is going to be reminded, and was last.
    pub remind_at: Option<UtcTime>,
    pub reminded_at: Option<UtcTime>,
    pub completed_at: Option<UtcTime>,
    pub updated_by: UserId,
    pub version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What became of the contact itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactChangeKind {
    Updated,
    /// Brought back after it had been deleted.
    Restored,
}

impl ContactChangeKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Restored => "restored",
        }
    }

    /// What [`ContactChangeKind::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Updated, Self::Restored].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A change of the contact itself: which of its fields, by the names that the API gives them, and never what they held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContactSummary {
    pub change: ContactChangeKind,
    pub fields: Vec<String>,
    /// The contact's, from then on.
    pub version: i64,
}

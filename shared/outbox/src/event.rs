//! Events as browsers receive them over the socket.

use kernel::{
    Activity, ActivityId, CallId, ContactId, ImportId, Notification, NotificationId, UserId, UtcTime,
};
use serde::Serialize;

/// Names an event by what was committed, so that a repeated delivery carries the same id and a receiver can drop it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventId(String);

impl EventId {
    /// `change` names the change of the activity's row within the stream.
    #[must_use]
    pub fn of_activity(activity: &ActivityId, change: &str) -> Self {
        Self(format!("evt_{activity}_{change}"))
    }

    #[must_use]
    pub fn of_call(call: &CallId, version: i64) -> Self {
        Self(format!("evt_{call}_{version}"))
    }

    #[must_use]
    pub fn of_import(import: &ImportId, version: i64) -> Self {
        Self(format!("evt_{import}_{version}"))
    }

    #[must_use]
    pub fn of_contact(contact: &ContactId, version: i64) -> Self {
        Self(format!("evt_{contact}_{version}"))
    }

    /// `step` is what the notification follows from; a user is notified of it once.
    #[must_use]
    pub fn of_notification(notification: &NotificationId, step: &str) -> Self {
        Self(format!("{step}_{notification}"))
    }

    /// `change` tells this reading from others.
    #[must_use]
    pub fn of_reading(change: &NotificationId) -> Self {
        Self(format!("evt_read_{change}"))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Something that happened. Its id follows from what was committed, so a repeated delivery carries the same one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    pub id: EventId,
    #[serde(flatten)]
    pub data: EventData,
    pub occurred_at: UtcTime,
    pub contact_id: Option<ContactId>,
}

/// The kinds of event, each with what it carries.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", content = "data")]
pub enum EventData {
    /// An entry stands on a contact's timeline; it reads as it does there.
    #[serde(rename = "activity.created")]
    ActivityCreated(Activity),
    /// It reads differently now.
    #[serde(rename = "activity.updated")]
    ActivityUpdated(Activity),
    /// It has gone; how it read before.
    #[serde(rename = "activity.deleted")]
    ActivityDeleted(Activity),
    /// An import has come further.
    #[serde(rename = "import.progress")]
    ImportProgress(ImportFigures),
    /// Nothing more will come of it.
    #[serde(rename = "import.completed")]
    ImportCompleted(ImportFigures),
    /// The contact is another user's now.
    #[serde(rename = "contact.assigned")]
    ContactAssigned { owner_id: UserId, previous_owner_id: UserId },
    /// The user is notified.
    #[serde(rename = "notification.created")]
    NotificationCreated(Notification),
    /// More of the same came in a burst.
    #[serde(rename = "notification.updated")]
    NotificationUpdated(Notification),
    /// The user has read these, in whichever tab.
    #[serde(rename = "notification.read")]
    NotificationRead { ids: Vec<NotificationId>, read_at: UtcTime },
    /// A call went on to another status. Of two, the one with the higher version tells how the call is.
    #[serde(rename = "call.updated")]
    CallUpdated {
        call_id: CallId,
        /// Who called, or has answered.
        user_id: Option<UserId>,
        status: String,
        duration_seconds: Option<i64>,
        version: i64,
    },
    /// Somebody calls, and these are rung; who it is the call itself says. Others hear of it too.
    #[serde(rename = "call.ringing")]
    CallRinging { call_id: CallId, rung_ids: Vec<UserId> },
}

/// How far an import has come. Of two, the one with the higher version tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportFigures {
    pub import_id: ImportId,
    pub status: String,
    pub rows_total: Option<i64>,
    pub rows_done: i64,
    pub created: i64,
    pub updated: i64,
    pub skipped: i64,
    pub failed: i64,
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_reads_as_the_protocol_says() {
        let event = Event {
            id: EventId::of_call(&CallId::parse("call_01jd0000000000000000000000").unwrap(), 2),
            data: EventData::CallUpdated {
                call_id: CallId::parse("call_01jd0000000000000000000000").unwrap(),
                user_id: None,
                status: "ringing".to_owned(),
                duration_seconds: None,
                version: 2,
            },
            occurred_at: UtcTime::from_millisecond(1_790_000_000_000).unwrap(),
            contact_id: ContactId::parse("con_01jd0000000000000000000000"),
        };
        let event = serde_json::to_value(event).unwrap();
        assert_eq!(event["type"], "call.updated");
        assert_eq!(event["data"]["status"], "ringing");
        assert_eq!(event["contact_id"], "con_01jd0000000000000000000000");
    }
}

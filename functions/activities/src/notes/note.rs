//! A note, and how it is shown.

use kernel::{
    Activity, ActivityId, Caller, ContactId, Failure, NoteId, Role, UserId, UtcTime,
    activity::{Body, NoteSummary, Source},
};
use serde::Serialize;

/// A note about a contact.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    pub id: NoteId,
    pub contact_id: ContactId,
    /// Who wrote it.
    pub user_id: UserId,
    /// Whose contact it was then.
    #[serde(skip)]
    pub owner_id: UserId,
    pub text: String,
    pub mentions: Vec<UserId>,
    /// When what it tells of happened; its place on the timeline.
    pub occurred_at: UtcTime,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl Note {
    /// Its entry on the timeline, without the text.
    #[must_use]
    pub fn activity(&self) -> Activity {
        Activity {
            id: ActivityId::of_note(&self.id),
            occurred_at: self.occurred_at,
            contact_id: self.contact_id.clone(),
            user_id: self.user_id.clone(),
            owner_id: self.owner_id.clone(),
            source: Source::Internal,
            body: Body::Note(NoteSummary {
                note_id: self.id.clone(),
                mentions: self.mentions.clone(),
                version: self.version,
                text: None,
            }),
            created_at: self.created_at,
        }
    }

    /// Whoever wrote it, and the tenant's admins, may change it or take it away; whoever sees the contact sees the note.
    pub fn permit_change(&self, caller: &Caller) -> Result<(), Failure> {
        if self.user_id == caller.user || caller.role == Role::Admin {
            return Ok(());
        }
        Err(Failure::Forbidden("a note is its author's to change"))
    }
}

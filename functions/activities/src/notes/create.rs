//! `POST /v1/contacts/{contact_id}/notes`

use kernel::{Action, Caller, ContactId, Failure, Faults, NoteId};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use super::{input, note::Note, store::NoteStore};
use crate::app::WriterApp;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("notes-create", Method::POST, "/v1/contacts/{contact_id}/notes", Action::WriteNotes);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteInput {
    text: String,
    #[serde(default)]
    mentions: Vec<String>,
    /// Now, where it is left out.
    occurred_at: Option<String>,
}

/// Writes a note down. Whoever is mentioned is told.
pub async fn handle(app: &WriterApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let contact = request.path("contact_id", "contact", ContactId::parse)?;
    let given: NoteInput = request.body()?;
    let now = app.ambient.now();
    let mut faults = Faults::default();
    let text = input::text(&given.text, &mut faults);
    let mentions = input::mentions(&given.mentions, &mut faults);
    let occurred_at =
        given.occurred_at.map_or(now, |occurred_at| input::occurred_at(&occurred_at, now, &mut faults));
    faults.into_result()?;

    let scope = app.data.open(&caller.tenant).await;
    let store = NoteStore::open(&scope).await?;
    let access = store.access(&contact, &caller).await?;
    store.check_mentions(&mentions, &access).await?;
    let note = Note {
        id: NoteId::with_suffix(&request.suffix(&*app.ambient)),
        contact_id: contact,
        user_id: caller.user,
        owner_id: access.owner,
        text,
        mentions,
        occurred_at,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let note = match store.insert(&note).await {
        Ok(()) => note,
        // The same request got so far before.
        Err(Failure::Stale) => store.find(&note.id).await?.ok_or(Failure::Stale)?,
        Err(failure) => return Err(failure),
    };
    Ok(Reply::created(&note)?.versioned(note.version))
}

//! `PATCH /v1/notes/{note_id}`

use kernel::{Action, Caller, Failure, Faults, NoteId};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use super::{input, note::Note, store::NoteStore};
use crate::app::WriterApp;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("notes-update", Method::PATCH, "/v1/notes/{note_id}", Action::WriteNotes);

/// What is left out stays as it is; nothing can be taken away by null.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeInput {
    text: Option<String>,
    mentions: Option<Vec<String>>,
    occurred_at: Option<String>,
}

/// Changes a note. Whoever is mentioned now and was not before is told.
pub async fn handle(app: &WriterApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("note_id", "note", NoteId::parse)?;
    let version = request.if_match()?;
    let given: ChangeInput = request.body()?;
    let now = app.ambient.now();
    let mut faults = Faults::default();
    let text = given.text.map(|text| input::text(&text, &mut faults));
    let mentions = given.mentions.map(|mentions| input::mentions(&mentions, &mut faults));
    let occurred_at = given.occurred_at.map(|time| input::occurred_at(&time, now, &mut faults));
    faults.into_result()?;

    let scope = app.data.open(&caller.tenant).await;
    let store = NoteStore::open(&scope).await?;
    let note = store.find(&id).await?.ok_or(Failure::NotFound("note"))?;
    let access = store.access(&note.contact_id, &caller).await?;
    note.permit_change(&caller)?;
    if note.version != version {
        return Err(Failure::Stale);
    }
    if let Some(mentions) = &mentions {
        store.check_mentions(mentions, &access).await?;
    }
    let next = Note {
        text: text.unwrap_or_else(|| note.text.clone()),
        mentions: mentions.unwrap_or_else(|| note.mentions.clone()),
        occurred_at: occurred_at.unwrap_or(note.occurred_at),
        version: version + 1,
        updated_at: now,
        ..note.clone()
    };
    store.replace(&note, &next).await?;
    Ok(Reply::ok(&next)?.versioned(next.version))
}

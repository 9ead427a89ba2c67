//! `DELETE /v1/notes/{note_id}`

use kernel::{Action, Caller, Failure, NoteId};
use lambda::{Method, Reply, Request, RouteSpec};

use super::store::NoteStore;
use crate::app::WriterApp;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("notes-delete", Method::DELETE, "/v1/notes/{note_id}", Action::WriteNotes);

/// Takes a note off its contact's timeline, for good.
pub async fn handle(app: &WriterApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("note_id", "note", NoteId::parse)?;
    request.query(&[])?;
    let version = request.if_match()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = NoteStore::open(&scope).await?;
    let note = store.find(&id).await?.ok_or(Failure::NotFound("note"))?;
    store.access(&note.contact_id, &caller).await?;
    note.permit_change(&caller)?;
    if note.version != version {
        return Err(Failure::Stale);
    }
    store.remove(&note).await?;
    Ok(Reply::no_content())
}

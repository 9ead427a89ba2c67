//! `POST /v1/imports`

use std::time::Duration;

use kernel::{Action, Caller, Failure, ImportId};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use super::{
    app::ImportsApp,
    import::{Import, MOST_BYTES},
    store,
    view::ImportView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("imports-create", Method::POST, "/v1/imports", Action::WriteContacts);

/// An upload has to have begun within this time. Less than what is left of a session's credentials at the least.
const UPLOAD_SECONDS: u32 = 300;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportInput {
    size_bytes: i64,
}

/// Answers where a file of exactly the size given may be put.
pub async fn handle(app: &ImportsApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let ImportInput { size_bytes } = request.body()?;
    if size_bytes < 1 {
        return Err(Failure::field("size_bytes", "empty_file", "There is nothing in the file."));
    }
    if size_bytes > MOST_BYTES {
        let message = format!("A file has {MOST_BYTES} bytes at most.");
        return Err(Failure::field("size_bytes", "too_large", message));
    }
    let scope = app.data.open(&caller.tenant).await;
    let (id, now) = (ImportId::with_suffix(&request.suffix(&*app.ambient)), app.ambient.now());
    let import = Import::announced(id, caller.user, size_bytes, now);
    match store::insert(&scope, &import).await {
        // The same request got so far before.
        Ok(()) | Err(Failure::Stale) => {}
        Err(failure) => return Err(failure),
    }
    let lifetime = Duration::from_secs(UPLOAD_SECONDS.into());
    let url = app.files(&scope)?.upload_url(&import.upload(), size_bytes, lifetime).await?;
    let (id, version) = (import.id.clone(), import.version);
    let upload = (url, now.plus_seconds(UPLOAD_SECONDS.into()));
    Ok(Reply::created(&ImportView::of(import, Some(upload), None))?
        .located_at(format!("/v1/imports/{id}"))
        .versioned(version))
}

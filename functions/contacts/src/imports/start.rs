//! `POST /v1/imports/{import_id}/start`

use std::collections::BTreeMap;

use kernel::{Action, Caller, Failure, ImportId, UtcTime};
use lambda::{Method, Reply, Request, RouteSpec};
use objects::Objects;
use outbox::ImportStep;
use serde::Deserialize;
use tenancy::TenantScope;

use super::{
    app::ImportsApp,
    file::{Encoding, delimiter_of},
    get::seen_by,
    import::{FileFault, Import, MOST_BYTES, OnDuplicate, Order, Position, Status},
    plan::{Plan, headers_of},
    reader::{Layout, ReadError, RowReader, STRETCH},
    store,
    view::ImportView,
};
use crate::store::ContactStore;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("imports-start", Method::POST, "/v1/imports/{import_id}/start", Action::WriteContacts);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StartInput {
    /// Targets by the names of columns.
    mapping: BTreeMap<String, Option<String>>,
    #[serde(default)]
    on_duplicate: OnDuplicate,
}

/// Reads the beginning of the file that was uploaded, and hands it to the worker where the mapping fits it. Asked again for the
/// same it says how things stand, and wakes the worker up.
pub async fn handle(app: &ImportsApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("import_id", "import", ImportId::parse)?;
    let input: StartInput = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let import = seen_by(&caller, &scope, &id).await?;
    if import.user != caller.user {
        return Err(Failure::Forbidden("an import is started by whoever began it"));
    }
    let import = match &import.order {
        None => begin(&scope, &app.files(&scope)?, import, &input, app.ambient.now()).await?,
        Some(order) if is_asked_for(order, &input) => import,
        Some(_) => {
            let detail = "the import has been started otherwise";
            return Err(Failure::Conflict { code: "already_started", detail });
        }
    };
    if matches!(import.status, Status::Checking | Status::Running) {
        let queue = app.queue.as_ref().ok_or_else(|| Failure::internal("there is no queue"))?;
        queue.send_all(&[ImportStep::new(&caller.tenant, import.id.clone())]).await?;
    }
    let version = import.version;
    Ok(Reply::accepted(&ImportView::of(import, None, None))?.versioned(version))
}

/// Whether the order, which stands, is what this input asks for.
fn is_asked_for(order: &Order, input: &StartInput) -> bool {
    order.on_duplicate == input.on_duplicate && order.plan.says(&input.mapping)
}

pub(super) async fn begin(
    scope: &TenantScope,
    files: &dyn Objects,
    import: Import,
    input: &StartInput,
    now: UtcTime,
) -> Result<Import, Failure> {
    let (layout, headers, behind) = opening(files, &import.upload()).await?;
    let surroundings = ContactStore::open(scope).await?.surroundings().await?;
    let plan = Plan::parse(&input.mapping, &headers, &surroundings.custom_fields)?;
    let mut next = import.next_version(now);
    next.order = Some(Order { on_duplicate: input.on_duplicate, plan, layout });
    next.position = behind;
    next.status = Status::Checking;
    next.started_at = Some(now);
    match store::replace(scope, &next).await {
        Ok(()) => Ok(next),
        Err(Failure::Stale) => {
            let detail = "the import is being started by another request";
            Err(Failure::Conflict { code: "already_started", detail })
        }
        Err(failure) => Err(failure),
    }
}

/// How the file has to be read, what its columns are called, and where its rows begin.
async fn opening(files: &dyn Objects, name: &str) -> Result<(Layout, Vec<String>, Position), Failure> {
    let facts = files.facts(name).await?;
    let not_uploaded =
        Failure::Conflict { code: "not_uploaded", detail: "no file has been put to upload_url" };
    let facts = facts.ok_or(not_uploaded)?;
    if facts.size > MOST_BYTES.unsigned_abs() {
        let message = format!("A file has {MOST_BYTES} bytes at most.");
        return Err(Failure::field("file", "too_large", message));
    }
    if facts.size == 0 {
        return Err(Failure::field("file", "empty_file", "There is nothing in the file."));
    }
    let length = STRETCH.min(facts.size);
    let first = files.get_range(name, &facts.tag, 0, length).await?;
    let first = first.ok_or_else(|| Failure::field("file", "file_changed", "The file is being replaced."))?;
    let (encoding, mark) = Encoding::of(&first);
    let begins = first.get(usize::try_from(mark).unwrap_or_default()..).unwrap_or_default();
    let (text, _) = encoding
        .decode(begins, length == facts.size)
        .or_else(|wrong| {
            // Where it is wrong the rows say, and by then all is known that is to be said about it.
            encoding.decode(&begins[..wrong], true)
        })
        .unwrap_or_default();
    let layout = Layout { tag: facts.tag, size: facts.size, encoding, delimiter: delimiter_of(&text) };
    let mut reader =
        RowReader::new(files, name.to_owned(), layout.clone(), Position { offset: mark, row: 0 });
    let header = reader.rows(1).await.map_err(refused)?.pop();
    let header =
        header.ok_or_else(|| Failure::field("file", "empty_file", "There is nothing in the file."))?;
    let headers = headers_of(header.cells)?;
    let behind = reader.position();
    if reader.rows(1).await.map_err(refused)?.is_empty() {
        return Err(Failure::field("file", "no_rows", "There is nothing below the header."));
    }
    Ok((layout, headers, behind))
}

fn refused(error: ReadError) -> Failure {
    match error {
        ReadError::Failed(failure) => failure,
        ReadError::File(fault) => {
            let FileFault { code, message, row, byte_offset } = fault;
            let place = match (row, byte_offset) {
                (Some(row), Some(byte)) => format!(" (row {row}, byte {byte})"),
                (Some(row), None) => format!(" (row {row})"),
                _ => String::new(),
            };
            let code = match code {
                std::borrow::Cow::Borrowed(code) => code,
                std::borrow::Cow::Owned(_) => "unreadable",
            };
            Failure::field("file", code, format!("{message}{place}"))
        }
    }
}

//! The queue worker that goes through a file, batch by batch. After each it notes how far it has come; whoever goes on begins
//! there, and finds what an interrupted batch has written.

use std::sync::Arc;

use kernel::{Ambient, Failure, UtcTime};
use lambda::{
    Environment,
    worker::{QueueBatch, QueueOutcome},
};
use objects::Objects;
use outbox::{ImportStep, Queue, SearchChanged};
use tenancy::{DataRole, TenantScope};

use super::{
    app::files_of,
    batch::{Batch, Outcome},
    companies::KnownCompanies,
    import::{FileFault, Import, MOST_ROWS, Order, Status},
    owners::{Owners, standing},
    plan::Target,
    reader::{ReadError, Row, RowReader},
    report,
    row::RowContext,
    store,
};
use crate::{companies::store::CompanyStore, store::ContactStore};

pub const FUNCTION: &str = "contacts-import";

/// Rows between two notes of how far it has come.
const BATCH_ROWS: usize = 250;
/// A message is worked on for about this long; then comes the next. Far from the function's timeout.
const STEP_SECONDS: i64 = 40;
/// Of an import that goes on the search is told each time it has got so much further.
const TOLD_ROWS: u32 = 25_000;

/// What importing is built from.
pub struct ImportApp {
    data: DataRole,
    bucket: String,
    queue: Queue,
    search: Queue,
    ambient: Arc<dyn Ambient>,
}

impl ImportApp {
    /// Needs `IMPORTS_BUCKET`, `IMPORT_QUEUE_URL` and `SEARCH_QUEUE_URL` beside what every function of a tenant has.
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        Self {
            ambient: data.installation().ambient.clone(),
            data,
            bucket: Environment::required("IMPORTS_BUCKET"),
            queue: Environment::queue("IMPORT_QUEUE_URL").await,
            search: Environment::queue("SEARCH_QUEUE_URL").await,
        }
    }
}

/// What fails comes again by a message of its own; what fails again and again goes back to the queue, alone.
pub async fn handle(app: &ImportApp, batch: QueueBatch) -> Result<QueueOutcome, Failure> {
    Ok(batch.each(async |body| work_on(app, body).await).await)
}

async fn work_on(app: &ImportApp, body: &str) -> Result<(), Failure> {
    let step: ImportStep = serde_json::from_str(body).map_err(Failure::internal)?;
    let outcome = go_on(app, &step).await;
    match following(step, outcome)? {
        Some(following) => Ok(app.queue.send_each_later(&[following]).await?),
        None => Ok(()),
    }
}

/// What is sent after a step, and in how many seconds. `outcome` is whether there is more to do. What a failed step has noted stays,
/// and whoever takes the import up begins there. However many messages an import has, of two that are worked on at once one ends.
fn following(step: ImportStep, outcome: Result<bool, Failure>) -> Result<Option<(ImportStep, i32)>, Failure> {
    match outcome {
        Ok(true) => Ok(Some((step.next(), 0))),
        // Or two messages of one import: the other's worker is ahead.
        Ok(false) | Err(Failure::Stale) => Ok(None),
        Err(failure) => {
            let Some((again, seconds)) = step.again() else { return Err(failure) };
            tracing::warn!(%failure, cause = lambda::causes(&failure), seconds, "an import is held up");
            Ok(Some((again, seconds)))
        }
    }
}

async fn go_on(app: &ImportApp, step: &ImportStep) -> Result<bool, Failure> {
    let tenant = step.tenant().ok_or_else(|| Failure::internal("the message names no tenant"))?;
    let scope = app.data.open(&tenant).await;
    let files = files_of(&scope, &app.bucket)?;
    let work = Work { scope: &scope, files: &files, ambient: &*app.ambient };
    let Some(import) = store::find(&scope, &step.import_id).await? else { return Ok(false) };
    let rows = import.counts.all();
    let (import, going_on) = work.go_on(import, app.ambient.now().plus_seconds(STEP_SECONDS)).await?;
    if is_told(rows, import.counts.all(), going_on) {
        app.search.send_all(&[SearchChanged::new(&tenant, app.ambient.now())]).await?;
    }
    Ok(going_on)
}

/// Whether the search hears of a step that led from `before` rows to `after`: at the end, and now and then on the way there, so that
/// neither its log grows long nor the shards are written over and over.
fn is_told(before: u32, after: u32, going_on: bool) -> bool {
    after > 0 && (!going_on || before / TOLD_ROWS < after / TOLD_ROWS)
}

/// One tenant's files and rows.
pub(super) struct Work<'a> {
    pub(super) scope: &'a TenantScope,
    pub(super) files: &'a dyn Objects,
    pub(super) ambient: &'a dyn Ambient,
}

/// What stands between the note of a batch and the next.
enum Next {
    Rows(Vec<Row>),
    Fault(FileFault),
}

impl Work<'_> {
    /// Works until the file is at its end or `until` has come; the import as it stands then, and whether there is more to do.
    /// [`Failure::Stale`] where somebody else works on it too.
    pub(super) async fn go_on(&self, mut import: Import, until: UtcTime) -> Result<(Import, bool), Failure> {
        if import.status == Status::Checking {
            import = self.check(import).await?;
        }
        if import.status == Status::Running {
            return self.run(import, until).await;
        }
        Ok((import, false))
    }

    /// Looks through the whole file before anything is written of it.
    async fn check(&self, import: Import) -> Result<Import, Failure> {
        let order = order_of(&import)?;
        let mut reader = RowReader::new(self.files, import.upload(), order.layout.clone(), import.position);
        let mut rows = 0;
        let fault = loop {
            match next(&mut reader).await? {
                Next::Fault(fault) => break Some(fault),
                Next::Rows(read) if read.is_empty() => break None,
                Next::Rows(read) => rows += u32::try_from(read.len()).map_err(Failure::internal)?,
            }
            if rows > MOST_ROWS {
                let message = format!("A file has {MOST_ROWS} rows below its header at most.");
                break Some(FileFault::new("too_many_rows", message).at_row(MOST_ROWS + 2));
            }
        };
        let now = self.ambient.now();
        let next = import.next_version(now);
        let next = match fault {
            Some(fault) => next.failed(fault, now),
            None => Import { status: Status::Running, rows_total: Some(rows), ..next },
        };
        store::replace(self.scope, &next).await?;
        if next.status == Status::Failed {
            self.files.delete(&next.upload()).await?;
        }
        Ok(next)
    }

    async fn run(&self, mut import: Import, until: UtcTime) -> Result<(Import, bool), Failure> {
        let order = order_of(&import)?;
        let Some(caller) = standing(self.scope, &import.user).await? else {
            let message = "Whoever imported has left.";
            return Ok((self.give_up(import, FileFault::new("importer_left", message)).await?, false));
        };
        let contacts = ContactStore::open(self.scope).await?;
        let mut companies = KnownCompanies::new(CompanyStore::open(self.scope).await?);
        let surroundings = contacts.surroundings().await?;
        let owners = if order.plan.has(&Target::OwnerEmail) {
            Owners::read(self.scope).await?
        } else {
            Owners::default()
        };
        let mut reader = RowReader::new(self.files, import.upload(), order.layout.clone(), import.position);
        loop {
            let rows = match next(&mut reader).await? {
                Next::Fault(fault) => return Ok((self.give_up(import, fault).await?, false)),
                Next::Rows(rows) => rows,
            };
            if rows.is_empty() {
                return Ok((self.complete(import).await?, false));
            }
            companies.keep_up().await?;
            let context = RowContext {
                plan: &order.plan,
                surroundings: &surroundings,
                owners: &owners,
                caller: &caller,
            };
            let batch = Batch {
                import: &import,
                on_duplicate: order.on_duplicate,
                context,
                store: &contacts,
                companies: &companies,
                ambient: self.ambient,
            };
            let outcome = batch.write(&rows).await?;
            import = self.note(import, &outcome, &reader).await?;
            if self.ambient.now() >= until {
                return Ok((import, true));
            }
        }
    }

    /// Notes how far the import has come. What a batch has to report is written before; where noting fails the next to come by
    /// writes it over.
    async fn note(
        &self,
        import: Import,
        outcome: &Outcome,
        reader: &RowReader<'_>,
    ) -> Result<Import, Failure> {
        let mut next = import.next_version(self.ambient.now());
        next.position = reader.position();
        next.counts = next.counts.plus(outcome.counts);
        if !outcome.faults.is_empty() {
            self.files.put(&next.report_part(next.report_parts), report::lines(&outcome.faults)).await?;
            next.report_parts += 1;
        }
        store::replace(self.scope, &next).await?;
        Ok(next)
    }

    async fn complete(&self, import: Import) -> Result<Import, Failure> {
        let now = self.ambient.now();
        let next = Import { status: Status::Completed, finished_at: Some(now), ..import.next_version(now) };
        self.end(next).await
    }

    /// What has been written stays.
    async fn give_up(&self, import: Import, fault: FileFault) -> Result<Import, Failure> {
        let now = self.ambient.now();
        self.end(import.next_version(now).failed(fault, now)).await
    }

    /// Puts the report together and notes the end; only then the file and the report's parts go. Who comes second either still finds
    /// all parts, and makes the same report of them, or makes none. What stays of them where removing fails, the bucket's rule takes
    /// away.
    async fn end(&self, next: Import) -> Result<Import, Failure> {
        let parts: Vec<_> = (0..next.report_parts).map(|number| next.report_part(number)).collect();
        if !parts.is_empty()
            && let Err(error) = self.files.join(report::head(), &parts, &next.report()).await
        {
            let stands = store::find(self.scope, &next.id).await?;
            let overtaken = stands.is_none_or(|import| import.version >= next.version);
            return Err(if overtaken { Failure::Stale } else { error.into() });
        }
        store::replace(self.scope, &next).await?;
        for name in parts.iter().chain([&next.upload()]) {
            self.files.delete(name).await?;
        }
        Ok(next)
    }
}

fn order_of(import: &Import) -> Result<Order, Failure> {
    import.order.clone().ok_or_else(|| Failure::internal("the import was not started"))
}

async fn next(reader: &mut RowReader<'_>) -> Result<Next, Failure> {
    match reader.rows(BATCH_ROWS).await {
        Ok(rows) => Ok(Next::Rows(rows)),
        Err(ReadError::File(fault)) => Ok(Next::Fault(fault)),
        Err(ReadError::Failed(failure)) => Err(failure),
    }
}

#[cfg(test)]
mod tests;

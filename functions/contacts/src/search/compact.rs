//! The queue worker that writes logged changes into the shards.

use std::sync::Arc;

use kernel::{Ambient, Failure, Limit, UtcTime};
use lambda::{
    Environment,
    worker::{QueueBatch, QueueOutcome},
};
use objects::Objects;
use outbox::{Queue, SearchChanged};
use search::{
    Delta, Document, Index, MAX_CONTACTS, Shard, TooManyContacts, build_shards, reshard, shard_of, shards_for,
};
use table::{Direction, Range};
use tenancy::{DataRole, TenantScope};

use super::{
    document::document_of,
    log::{self, OVERLAP_SECONDS},
    manifest::{Made, Manifest},
    objects_of, purge,
    shards::{ShardError, ShardStore},
};
use crate::{
    companies::{link, store::CompanyStore},
    store::ContactStore,
};

pub const FUNCTION: &str = "contacts-compact";

/// When somebody else is writing the tenant's shards, the message comes again after this.
const BUSY_SECONDS: i32 = 20;
/// When the table, a key or the objects were not to be had, it comes again after this, a few times.
const RETRY_SECONDS: i32 = 60;
/// What a queue can wait at most.
const LONGEST_SECONDS: i64 = 900;

/// What compacting is built from.
pub struct CompactApp {
    data: DataRole,
    bucket: String,
    queue: Queue,
    ambient: Arc<dyn Ambient>,
}

impl CompactApp {
    /// Needs `OBJECTS_BUCKET` and `SEARCH_QUEUE_URL` beside what every function of a tenant has.
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        Self {
            ambient: data.installation().ambient.clone(),
            data,
            bucket: Environment::required("OBJECTS_BUCKET"),
            queue: Environment::queue("SEARCH_QUEUE_URL").await,
        }
    }
}

/// What fails goes back to the queue, alone.
pub async fn handle(app: &CompactApp, batch: QueueBatch) -> Result<QueueOutcome, Failure> {
    Ok(batch.each(async |body| work_on(app, body).await).await)
}

async fn work_on(app: &CompactApp, body: &str) -> Result<(), Failure> {
    let message: SearchChanged = serde_json::from_str(body).map_err(Failure::internal)?;
    let tenant = message.tenant().ok_or_else(|| Failure::internal("the message names no tenant"))?;
    let scope = app.data.open(&tenant).await;
    let compaction =
        Compaction { scope: &scope, objects: objects_of(&scope, &app.bucket)?, ambient: &*app.ambient };
    let (message, seconds) = match compaction.run(&message).await {
        Ok(Outcome::Done) => return Ok(()),
        Ok(Outcome::Busy) => (message, BUSY_SECONDS),
        Ok(Outcome::Early(seconds)) => (message, seconds),
        Err(failure) => (again(&message, failure)?, RETRY_SECONDS),
    };
    Ok(app.queue.send_later(&[message], seconds).await?)
}

/// The message to be sent once more where that may help soon; the queue itself gives one out again only when it has been invisible for
/// six times the function's timeout.
pub(super) fn again(message: &SearchChanged, failure: Failure) -> Result<SearchChanged, Failure> {
    if !matches!(failure, Failure::Unavailable(_)) {
        return Err(failure);
    }
    let Some(next) = message.again() else { return Err(failure) };
    tracing::warn!(cause = %failure, "a tenant's shards could not be written and are tried again");
    Ok(next)
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// Another worker has the shards.
    Busy,
    /// Some of what the message speaks for may be in the shards, and some not be committed yet: in so many seconds it is known.
    Early(i32),
}

/// One tenant's compaction.
pub(crate) struct Compaction<'a> {
    pub(crate) scope: &'a TenantScope,
    pub(crate) objects: Arc<dyn Objects>,
    pub(crate) ambient: &'a dyn Ambient,
}

impl Compaction<'_> {
    pub(crate) async fn run(&self, message: &SearchChanged) -> Result<Outcome, Failure> {
        let before = Manifest::read(self.scope).await?;
        let now = self.ambient.now();
        if let Some(outcome) = before.as_ref().and_then(|manifest| without_work(manifest, message, now)) {
            return Ok(outcome);
        }
        let Some(mut manifest) = Manifest::lease(before, self.scope, now).await? else {
            return Ok(Outcome::Busy);
        };
        let outcome = self.write(&mut manifest, message).await;
        let is_tidy = matches!(outcome, Ok(Outcome::Done));
        // Nobody waits for one that failed. Where not even this can be written, the lease ends by itself.
        let given_back = manifest.give_back(self.scope, is_tidy).await;
        let outcome = outcome?;
        given_back.map(|()| outcome)
    }

    /// Writes the log into the shards, and clears away what that leaves behind.
    async fn write(&self, manifest: &mut Manifest, message: &SearchChanged) -> Result<Outcome, Failure> {
        let vault = self.scope.vault().await?;
        let store = ShardStore::new(self.scope, vault.clone(), self.objects.clone());
        let read_at = self.ambient.now();
        let rows = log::read_from(self.scope, &vault, None).await?;
        let deltas: Vec<Delta> = rows.logged.iter().map(|logged| logged.delta.clone()).collect();
        // What a damaged row said is known by the contacts.
        let rebuild = message.rebuild || manifest.objects.is_empty() || !rows.damaged.is_empty();
        let written = if rebuild { None } else { self.compact(&store, &manifest.objects, &deltas).await? };
        let (objects, rebuilt_at) = match written {
            Some(written) => (written, manifest.rebuilt_at),
            None => (self.rebuild(&store).await?, Some(read_at.max(message.written_at))),
        };
        let now = self.ambient.now();
        let last = rows.logged.iter().map(|logged| logged.written_at).max();
        let made = Made {
            objects: objects.clone(),
            applied_upto: last.max(manifest.applied_upto).max(Some(message.written_at)),
            read_at: Some(read_at),
            rebuilt_at,
            purgeable: purge::next(manifest.purgeable, read_at, now),
        };
        let due = purge::due(manifest.purgeable, now);
        if !manifest.publish(self.scope, made).await? {
            return Ok(Outcome::Busy);
        }
        store.remove_all_but(&objects).await?;
        self.scope.table.delete_many(&purge::unneeded(&rows, due)).await?;
        Ok(Outcome::Done)
    }

    /// The shards with the changes in them: those that change are written, the others keep their objects. `None` where one of them
    /// cannot be read any more.
    pub(super) async fn compact(
        &self,
        store: &ShardStore<'_>,
        objects: &[String],
        deltas: &[Delta],
    ) -> Result<Option<Vec<String>>, Failure> {
        let mut written = objects.to_vec();
        for (position, name) in objects.iter().enumerate() {
            let own = deltas.iter().filter(|delta| shard_of(delta.id(), objects.len()) == position);
            let own: Vec<Delta> = own.cloned().collect();
            if own.is_empty() {
                continue;
            }
            let Some(shard) = readable(store.load(name).await)? else { return Ok(None) };
            match shard.compact(&own) {
                Ok(None) => {}
                Ok(Some(next)) if next.len() <= MAX_CONTACTS => {
                    written[position] = store.save(&next, self.ambient).await?;
                }
                Ok(Some(_)) | Err(TooManyContacts) => return self.grow(store, objects, deltas).await,
            }
        }
        Ok(Some(written))
    }

    /// More shards for more contacts: twice as many, or so many as there have to be. As [`Compaction::compact`].
    async fn grow(
        &self,
        store: &ShardStore<'_>,
        objects: &[String],
        deltas: &[Delta],
    ) -> Result<Option<Vec<String>>, Failure> {
        let Some(shards) = readable(store.load_all(objects).await)? else { return Ok(None) };
        let mut index = Index::new(shards.clone()).map_err(Failure::internal)?;
        index.apply(deltas.iter().cloned());
        let count = shards_for(index.len()).max(shards.len() * 2);
        drop(index);
        let grown = reshard(&shards, deltas, count).map_err(Failure::internal)?;
        Ok(Some(self.save_all(store, &grown).await?))
    }

    /// All shards anew, from the contacts themselves.
    async fn rebuild(&self, store: &ShardStore<'_>) -> Result<Vec<String>, Failure> {
        let documents = self.documents().await?;
        let shards = build_shards(&documents, shards_for(documents.len())).map_err(Failure::internal)?;
        self.save_all(store, &shards).await
    }

    /// A contact that does not open is in no shard, and keeps nobody else out.
    async fn documents(&self) -> Result<Vec<Document>, Failure> {
        let table = &self.scope.table;
        let contacts = ContactStore::open(self.scope).await?;
        let renamed = CompanyStore::open(self.scope).await?.renamed().await?;
        let mut documents = Vec::new();
        let mut after = None;
        loop {
            let range = Range {
                partition: table.keys().contacts(),
                direction: Direction::Ascending,
                limit: Limit::MAXIMUM,
                after,
            };
            let page = table.query(&range).await?;
            for item in &page.items {
                if let Some(contact) = contacts.read_among_others(item)? {
                    documents.push(document_of(&link::as_renamed(contact, &renamed))?);
                }
            }
            after = page.last;
            if after.is_none() {
                return Ok(documents);
            }
        }
    }

    async fn save_all(&self, store: &ShardStore<'_>, shards: &[Shard]) -> Result<Vec<String>, Failure> {
        let mut names = Vec::with_capacity(shards.len());
        for shard in shards {
            names.push(store.save(shard, self.ambient).await?);
        }
        Ok(names)
    }
}

/// What there is to be said of a message without any work; `None` where there is some. A row may be committed when others of its time
/// are in the shards already, so the shards count as up to a time only where the log was read a while after it.
fn without_work(manifest: &Manifest, message: &SearchChanged, now: UtcTime) -> Option<Outcome> {
    if !manifest.is_tidy {
        return None;
    }
    if message.rebuild {
        return manifest.rebuilt_at.filter(|made_at| *made_at >= message.written_at).map(|_| Outcome::Done);
    }
    if manifest.applied_upto.is_none_or(|upto| upto < message.written_at) {
        return None;
    }
    let known_from = message.written_at.plus_seconds(OVERLAP_SECONDS);
    if manifest.read_at.is_some_and(|read_at| read_at >= known_from) {
        return Some(Outcome::Done);
    }
    let seconds = (known_from.as_millisecond() - now.as_millisecond()).div_euclid(1000) + 1;
    let seconds = i32::try_from(seconds.min(LONGEST_SECONDS)).ok()?;
    (now < known_from).then_some(Outcome::Early(seconds))
}

/// `None` for a shard that only making it anew can help.
fn readable<T>(loaded: Result<T, ShardError>) -> Result<Option<T>, Failure> {
    match loaded {
        Ok(loaded) => Ok(Some(loaded)),
        Err(ShardError::Gone | ShardError::Broken) => Ok(None),
        Err(ShardError::Unavailable(failure)) => Err(failure),
    }
}

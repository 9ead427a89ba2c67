//! The queue worker that writes logged changes into the shards.

use std::{collections::HashMap, sync::Arc};

use kernel::{Ambient, Failure, Limit};
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
    log::{self, LogRows, Logged},
    manifest::Manifest,
    objects_of,
    shards::{ShardError, ShardStore},
};
use crate::{
    companies::{link, store::CompanyStore},
    store::ContactStore,
};

pub const FUNCTION: &str = "contacts-compact";

/// Rows of the log stay this long after they were written: a search that read the manifest before they were in the shards
/// still finds them. Longer than any search takes, and no longer: whatever is in the log is read by every compaction.
const GRACE_SECONDS: i64 = 120;
/// When somebody else is writing the tenant's shards, the message comes again after this.
const BUSY_SECONDS: i32 = 20;

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
    match compaction.run(&message).await? {
        Outcome::Done => Ok(()),
        Outcome::Busy => Ok(app.queue.send_later(&[message], BUSY_SECONDS).await?),
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// Another worker has the shards.
    Busy,
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
        let applied = before.as_ref().and_then(|manifest| manifest.applied_upto);
        let made_at = before.as_ref().and_then(|manifest| manifest.rebuilt_at);
        let done = if message.rebuild { made_at } else { applied };
        if done.is_some_and(|upto| upto >= message.written_at) {
            return Ok(Outcome::Done);
        }
        let Some(manifest) = Manifest::lease(self.scope, self.ambient.now()).await? else {
            return Ok(Outcome::Busy);
        };
        let vault = self.scope.vault().await?;
        let store = ShardStore::new(self.scope, vault.clone(), self.objects.clone());
        let rows = log::read_from(self.scope, &vault, None).await?;
        let deltas: Vec<Delta> = rows.logged.iter().map(|logged| logged.delta.clone()).collect();
        // What a damaged row said is known by the contacts.
        let rebuild = message.rebuild || manifest.objects.is_empty() || !rows.damaged.is_empty();
        let began = self.ambient.now().max(message.written_at);
        let written = if rebuild { None } else { self.compact(&store, &manifest.objects, &deltas).await? };
        let (written, made_at) = match written {
            Some(written) => (written, made_at),
            None => (self.rebuild(&store).await?, Some(began)),
        };
        let (old, new) = (manifest.objects.clone(), written);
        let last = rows.logged.iter().map(|logged| logged.written_at).max();
        let applied_upto = last.max(applied).max(Some(message.written_at));
        if !manifest.release(self.scope, new.clone(), applied_upto, made_at).await? {
            self.remove(&store, &new, &old).await?;
            return Ok(Outcome::Busy);
        }
        self.remove(&store, &old, &new).await?;
        self.purge(&rows).await?;
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

    /// Removes those of `objects` that are not among `kept`.
    async fn remove(
        &self,
        store: &ShardStore<'_>,
        objects: &[String],
        kept: &[String],
    ) -> Result<(), Failure> {
        for name in objects.iter().filter(|name| !kept.contains(name)) {
            store.remove(name).await?;
        }
        Ok(())
    }

    /// Takes out of the log what does not open, and what is in the shards: of contacts that are gone at once, of others after the time of grace. That a
    /// contact is gone is kept that long in any case, so that no search takes its document for news.
    async fn purge(&self, LogRows { logged, damaged }: &LogRows) -> Result<(), Failure> {
        let past = self.ambient.now().plus_seconds(-GRACE_SECONDS);
        let removals = logged.iter().filter(|row| matches!(row.delta, Delta::Removed { .. }));
        let mut removed = HashMap::new();
        for row in removals {
            let rank = removed.entry(row.delta.id()).or_insert_with(|| row.delta.rank());
            *rank = row.delta.rank().max(*rank);
        }
        let superseded =
            |row: &Logged| removed.get(row.delta.id()).is_some_and(|removal| *removal > row.delta.rank());
        let unneeded = logged.iter().filter(|row| superseded(row) || row.written_at < past);
        let unneeded = unneeded.map(|row| row.key.clone());
        let keys: Vec<_> = unneeded.chain(damaged.iter().cloned()).collect();
        Ok(self.scope.table.delete_many(&keys).await?)
    }
}

/// `None` for a shard that only making it anew can help.
fn readable<T>(loaded: Result<T, ShardError>) -> Result<Option<T>, Failure> {
    match loaded {
        Ok(loaded) => Ok(Some(loaded)),
        Err(ShardError::Gone | ShardError::Broken) => Ok(None),
        Err(ShardError::Unavailable(failure)) => Err(failure),
    }
}

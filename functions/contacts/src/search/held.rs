//! Tenants' contacts in the memory of a warm environment, brought up to date by every search.

use std::{collections::HashMap, sync::Arc};

use futures_util::future::try_join_all;
use kernel::{Failure, TenantId, UtcTime};
use objects::Objects;
use search::{Index, Shard};
use tenancy::TenantScope;
use tokio::sync::Mutex;
use vault::TenantVault;

use super::{
    log::{self, Logged, overlapping},
    manifest::Manifest,
    shards::{ShardError, ShardStore},
};

/// The manifest may name objects that a worker has just replaced; it is read again so many times.
const ATTEMPTS: usize = 3;

/// What an environment holds of its tenants. The least recently searched ones make way when there is too much.
pub(crate) struct Held {
    tenants: Mutex<HashMap<TenantId, Place>>,
    /// In bytes.
    room: usize,
}

struct Place {
    index: Arc<Mutex<Option<HeldIndex>>>,
    bytes: usize,
    /// Of the last search.
    used: u64,
}

/// A tenant's index, and from where on the log has to be read for it.
pub(crate) struct HeldIndex {
    pub(crate) index: Index,
    /// Of the manifest that it was made from.
    generation: i64,
    objects: Vec<String>,
    from: Option<UtcTime>,
    /// When the last of what is known was written; nothing where nothing was.
    pub(crate) known_upto: Option<UtcTime>,
}

/// Why a tenant's contacts cannot be searched now.
#[derive(Debug)]
pub(crate) enum RefreshError {
    /// The shards have to be made anew.
    Broken,
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for RefreshError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Held {
    pub(crate) fn with_room(bytes: usize) -> Self {
        Self { tenants: Mutex::new(HashMap::new()), room: bytes }
    }

    /// Where the tenant's index is, to be locked while it is brought up to date and searched.
    pub(crate) async fn index_of(&self, tenant: &TenantId) -> Arc<Mutex<Option<HeldIndex>>> {
        let mut tenants = self.tenants.lock().await;
        let used = tenants.values().map(|place| place.used).max().unwrap_or(0) + 1;
        let place =
            tenants.entry(tenant.clone()).or_insert_with(|| Place { index: Arc::default(), bytes: 0, used });
        place.used = used;
        place.index.clone()
    }

    /// Notes how much a tenant takes, and lets others go until it all fits.
    pub(crate) async fn note(&self, tenant: &TenantId, bytes: usize) {
        let mut tenants = self.tenants.lock().await;
        if let Some(place) = tenants.get_mut(tenant) {
            place.bytes = bytes;
        }
        while tenants.values().map(|place| place.bytes).sum::<usize>() > self.room {
            let others = tenants.iter().filter(|(other, _)| *other != tenant);
            let Some(oldest) = others.min_by_key(|(_, place)| place.used).map(|(other, _)| other.clone())
            else {
                return;
            };
            tenants.remove(&oldest);
        }
    }

    #[cfg(test)]
    pub(crate) async fn tenants(&self) -> Vec<TenantId> {
        self.tenants.lock().await.keys().cloned().collect()
    }
}

/// Brings what is held of a tenant up to what is committed: one read of the manifest and one of the log, both strongly
/// consistent and at once; where there is another generation of the shards, those that are others, and the log anew from where it
/// begins. `now` is before any of it.
pub(crate) async fn refresh(
    held: &mut Option<HeldIndex>,
    scope: &TenantScope,
    vault: &Arc<TenantVault>,
    objects: Arc<dyn Objects>,
    now: UtcTime,
) -> Result<(), RefreshError> {
    let store = ShardStore::new(scope, vault.clone(), objects);
    for _ in 0..ATTEMPTS {
        let outcome = match held {
            Some(known) => update(known, scope, vault, &store).await,
            None => load(scope, vault, &store).await.map(|loaded| *held = Some(loaded)),
        };
        match outcome {
            Ok(()) => {
                if let Some(known) = held {
                    known.from = known.from.max(Some(overlapping(now)));
                }
                return Ok(());
            }
            Err(Unready::Gone) => {}
            Err(Unready::Error(error)) => return Err(error),
        }
    }
    // Named by the manifest, and not there however often one looks: nobody replaced it, it was lost.
    Err(RefreshError::Broken)
}

enum Unready {
    Gone,
    Error(RefreshError),
}

impl<E: Into<Failure>> From<E> for Unready {
    fn from(error: E) -> Self {
        Self::Error(RefreshError::Failed(error.into()))
    }
}

fn unready(error: ShardError) -> Unready {
    match error {
        ShardError::Gone => Unready::Gone,
        ShardError::Broken => Unready::Error(RefreshError::Broken),
        ShardError::Unavailable(failure) => failure.into(),
    }
}

async fn load(
    scope: &TenantScope,
    vault: &TenantVault,
    store: &ShardStore<'_>,
) -> Result<HeldIndex, Unready> {
    let manifest = Manifest::read(scope).await?.unwrap_or_default();
    load_over(None, manifest, scope, vault, store).await
}

async fn update(
    held: &mut HeldIndex,
    scope: &TenantScope,
    vault: &TenantVault,
    store: &ShardStore<'_>,
) -> Result<(), Unready> {
    let (manifest, rows) = tokio::try_join!(Manifest::read(scope), log::read_from(scope, vault, held.from))?;
    let manifest = manifest.unwrap_or_default();
    if manifest.generation == held.generation {
        held.take(rows.logged);
    } else {
        *held = load_over(Some(held), manifest, scope, vault, store).await?;
    }
    Ok(())
}

/// What the manifest and the log say, with those shards that are held already. Of the changes that are held nothing is kept: rows by
/// which they came may have been purged since, and what took their place with them, so that they would pass for news for ever.
async fn load_over(
    held: Option<&HeldIndex>,
    manifest: Manifest,
    scope: &TenantScope,
    vault: &TenantVault,
    store: &ShardStore<'_>,
) -> Result<HeldIndex, Unready> {
    let Manifest { generation, objects, applied_upto, .. } = manifest;
    let from = applied_upto.map(overlapping);
    let shards =
        try_join_all(objects.iter().map(async |name| match held.and_then(|held| held.shard(name)) {
            Some(shard) => Ok(shard),
            None => store.load(name).await.map(Arc::new).map_err(unready),
        }));
    let (shards, rows) = tokio::join!(shards, log::read_from(scope, vault, from));
    let index = Index::new(shards?).map_err(|_| Unready::Error(RefreshError::Broken))?;
    let mut loaded = HeldIndex { index, generation, objects, from, known_upto: None };
    loaded.take(rows?.logged);
    Ok(loaded)
}

impl HeldIndex {
    /// Whether there are shards at all.
    pub(crate) fn is_without_shards(&self) -> bool {
        self.objects.is_empty()
    }

    fn shard(&self, name: &str) -> Option<Arc<Shard>> {
        let position = self.objects.iter().position(|held| held == name)?;
        self.index.shards().nth(position).cloned()
    }

    fn take(&mut self, logged: Vec<Logged>) {
        let last = logged.iter().map(|logged| logged.written_at).max();
        self.known_upto = self.known_upto.max(last);
        self.from = self.from.max(last.map(overlapping));
        self.index.apply(logged.into_iter().map(|logged| logged.delta));
    }
}

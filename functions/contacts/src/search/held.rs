//! Tenants' contacts in the memory of a warm environment, brought up to date by every search.

use std::{collections::HashMap, sync::Arc};

use kernel::{Failure, TenantId, UtcTime};
use objects::Objects;
use search::Index;
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
/// consistent and at once, and those shards of which there is another generation. `now` is before either.
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
    let manifest = Manifest::read(scope).await?;
    let objects = manifest.as_ref().map(|manifest| manifest.objects.clone()).unwrap_or_default();
    let from = manifest.and_then(|manifest| manifest.applied_upto).map(overlapping);
    let (shards, logged) = tokio::join!(store.load_all(&objects), log::read_from(scope, vault, from));
    let index = Index::new(shards.map_err(unready)?).map_err(|_| Unready::Error(RefreshError::Broken))?;
    let mut held = HeldIndex { index, objects, from, known_upto: None };
    held.take(logged?.logged);
    Ok(held)
}

async fn update(
    held: &mut HeldIndex,
    scope: &TenantScope,
    vault: &TenantVault,
    store: &ShardStore<'_>,
) -> Result<(), Unready> {
    let (manifest, logged) =
        tokio::try_join!(Manifest::read(scope), log::read_from(scope, vault, held.from))?;
    // The log is taken in before a shard is replaced: what the new shard holds is let go of then.
    held.take(logged.logged);
    let Some(manifest) = manifest.filter(|manifest| manifest.objects != held.objects) else { return Ok(()) };
    if manifest.objects.len() == held.objects.len() {
        for (position, name) in manifest.objects.iter().enumerate() {
            if held.objects[position] != *name {
                let shard = store.load(name).await.map_err(unready)?;
                held.index.replace(position, Arc::new(shard));
                held.objects[position].clone_from(name);
            }
        }
    } else {
        *held = load(scope, vault, store).await?;
    }
    held.from = held.from.max(manifest.applied_upto.map(overlapping));
    Ok(())
}

impl HeldIndex {
    /// Whether there are shards at all.
    pub(crate) fn is_without_shards(&self) -> bool {
        self.objects.is_empty()
    }

    fn take(&mut self, logged: Vec<Logged>) {
        let last = logged.iter().map(|logged| logged.written_at).max();
        self.known_upto = self.known_upto.max(last);
        self.from = self.from.max(last.map(overlapping));
        self.index.apply(logged.into_iter().map(|logged| logged.delta));
    }
}

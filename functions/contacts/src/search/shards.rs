//! Shards as sealed objects.

use std::sync::Arc;

use futures_util::future::try_join_all;
use kernel::{Ambient, Failure};
use objects::{ObjectError, Objects};
use search::Shard;
use tenancy::TenantScope;
use vault::{Place, SealError, TenantVault};

/// What every shard's name begins with.
const PREFIX: &str = "search/";
const PURPOSE: &str = "search_shard";

/// Why a shard could not be had.
#[derive(Debug)]
pub(crate) enum ShardError {
    /// It is gone: another generation has taken its place since its name was read.
    Gone,
    /// It was tampered with, or is no shard: only making it anew from the contacts helps.
    Broken,
    /// Nothing is known of it: the store did not answer, or the keys held are too old for it.
    Unavailable(Failure),
}

impl From<ObjectError> for ShardError {
    fn from(error: ObjectError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<SealError> for ShardError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::UnknownKeyVersion => Self::Unavailable(error.into()),
            SealError::DoesNotOpen | SealError::MissingKey => Self::Broken,
        }
    }
}

/// A tenant's shards, where they are kept.
pub(crate) struct ShardStore<'a> {
    scope: &'a TenantScope,
    vault: Arc<TenantVault>,
    objects: Arc<dyn Objects>,
}

impl<'a> ShardStore<'a> {
    pub(crate) fn new(scope: &'a TenantScope, vault: Arc<TenantVault>, objects: Arc<dyn Objects>) -> Self {
        Self { scope, vault, objects }
    }

    pub(crate) async fn load(&self, name: &str) -> Result<Shard, ShardError> {
        let sealed = self.objects.get(name).await?.ok_or(ShardError::Gone)?;
        let packed = self.with_place(name, |place| self.vault.open_shard(place, &sealed))?;
        Shard::from_bytes(&packed).map_err(|_| ShardError::Broken)
    }

    pub(crate) async fn load_all(&self, names: &[String]) -> Result<Vec<Arc<Shard>>, ShardError> {
        let shards = try_join_all(names.iter().map(|name| self.load(name))).await?;
        Ok(shards.into_iter().map(Arc::new).collect())
    }

    /// Writes a shard under a name that no other has ever had.
    pub(crate) async fn save(&self, shard: &Shard, ambient: &dyn Ambient) -> Result<String, Failure> {
        let mut unique = [0; 16];
        ambient.fill(&mut unique);
        let name = format!("{PREFIX}{:032x}", u128::from_be_bytes(unique));
        let packed = shard.to_bytes().map_err(Failure::internal)?;
        let sealed = self.with_place(&name, |place| self.vault.seal_shard(place, &packed))?;
        self.objects.put(&name, sealed).await?;
        Ok(name)
    }

    /// Removes all shards but those in `kept`: earlier generations, and what a worker wrote that did not come to its end. For whoever
    /// has the lease: nobody else's shards are among them then.
    pub(crate) async fn remove_all_but(&self, kept: &[String]) -> Result<(), Failure> {
        for name in self.objects.names(PREFIX).await?.iter().filter(|name| !kept.contains(name)) {
            self.objects.delete(name).await?;
        }
        Ok(())
    }

    /// A shard belongs to its tenant and its name.
    fn with_place<T>(&self, name: &str, work: impl FnOnce(Place<'_>) -> T) -> T {
        let manifest = self.scope.table.keys().search_manifest();
        work(Place { partition_key: manifest.partition(), sort_key: name, purpose: PURPOSE })
    }
}

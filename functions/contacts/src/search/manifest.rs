//! Which objects hold a tenant's shards, and who may write new ones.

use kernel::{Failure, UtcTime};
use table::{Item, ItemBuilder, ItemReader, TableError};
use tenancy::TenantScope;

/// A worker that has not come back after this long will not; another may begin.
const LEASE_SECONDS: i64 = 600;

/// The state of a tenant's shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Counts up from 1 with every write.
    version: i64,
    /// The object of each shard, in order; none before the first was written.
    pub(crate) objects: Vec<String>,
    /// What was logged up to then is in the shards, but for rows whose writers' clocks or commits lagged.
    pub(crate) applied_upto: Option<UtcTime>,
    /// When the shards were last made from the contacts themselves.
    pub(crate) rebuilt_at: Option<UtcTime>,
    /// Until then the shards are one worker's to write.
    leased_until: Option<UtcTime>,
}

impl Manifest {
    pub(crate) async fn read(scope: &TenantScope) -> Result<Option<Self>, Failure> {
        let item = scope.table.get(&scope.table.keys().search_manifest()).await?;
        item.map(|item| {
            let reader = ItemReader::new(&item);
            let objects = reader.text("objects")?.split(',').filter(|name| !name.is_empty());
            Ok(Self {
                version: reader.number("version")?,
                objects: objects.map(str::to_owned).collect(),
                applied_upto: reader.optional_time("applied_upto")?,
                rebuilt_at: reader.optional_time("rebuilt_at")?,
                leased_until: reader.optional_time("leased_until")?,
            })
        })
        .transpose()
    }

    /// Takes the shards for one worker; `None` where another has them. What is given is as it stood, but for the lease.
    pub(crate) async fn lease(scope: &TenantScope, now: UtcTime) -> Result<Option<Self>, Failure> {
        let before = Self::read(scope).await?;
        if before.as_ref().and_then(|manifest| manifest.leased_until).is_some_and(|until| until > now) {
            return Ok(None);
        }
        let next = Self {
            version: before.as_ref().map_or(1, |manifest| manifest.version + 1),
            objects: before.as_ref().map(|manifest| manifest.objects.clone()).unwrap_or_default(),
            applied_upto: before.as_ref().and_then(|manifest| manifest.applied_upto),
            rebuilt_at: before.as_ref().and_then(|manifest| manifest.rebuilt_at),
            leased_until: Some(now.plus_seconds(LEASE_SECONDS)),
        };
        let written = next.write(scope, before.map(|manifest| manifest.version)).await?;
        Ok(written.then_some(next))
    }

    /// Gives the shards back, with other objects. `false` where the lease had ended and somebody else has them: then nothing is
    /// changed, and the objects are nobody's.
    pub(crate) async fn release(
        self,
        scope: &TenantScope,
        objects: Vec<String>,
        applied_upto: Option<UtcTime>,
        rebuilt_at: Option<UtcTime>,
    ) -> Result<bool, Failure> {
        let next = Self { version: self.version + 1, objects, applied_upto, rebuilt_at, leased_until: None };
        next.write(scope, Some(self.version)).await
    }

    async fn write(&self, scope: &TenantScope, over: Option<i64>) -> Result<bool, Failure> {
        let transaction = scope.table.transaction();
        let transaction = match over {
            Some(version) => transaction.put_over_version(self.item(scope), version),
            None => transaction.put_new(self.item(scope)),
        };
        match transaction.commit().await {
            Ok(()) => Ok(true),
            Err(TableError::ConditionFailed { .. } | TableError::Conflict(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn item(&self, scope: &TenantScope) -> Item {
        ItemBuilder::new(&scope.table.keys().search_manifest())
            .number("version", self.version)
            .text("objects", self.objects.join(","))
            .optional_time("applied_upto", self.applied_upto)
            .optional_time("rebuilt_at", self.rebuilt_at)
            .optional_time("leased_until", self.leased_until)
            .build()
    }
}

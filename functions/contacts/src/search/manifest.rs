//! Which objects hold a tenant's shards, and who may write new ones.

use kernel::{Failure, UtcTime};
use table::{Item, ItemBuilder, ItemReader, TableError};
use tenancy::TenantScope;

/// A worker that has not come back after this long will not, for its function ends after 300 seconds; another may begin.
const LEASE_SECONDS: i64 = 330;

/// The state of a tenant's shards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Counts up from 1 with every write.
    version: i64,
    /// Counts up with every [`Manifest::publish`]; 0 before the first.
    pub(crate) generation: i64,
    /// The object of each shard, in order; none before the first was written.
    pub(crate) objects: Vec<String>,
    /// What was logged up to then is in the shards, but for rows whose writers' clocks or commits lagged.
    pub(crate) applied_upto: Option<UtcTime>,
    /// When the log was read whose rows are in the shards, by the clock of the worker.
    pub(crate) read_at: Option<UtcTime>,
    /// When the shards were last made from the contacts themselves.
    pub(crate) rebuilt_at: Option<UtcTime>,
    /// What of the log may be purged next.
    pub(crate) purgeable: Option<Purgeable>,
    /// Whether the last worker came to its end. Where one did not, objects that nothing names may be left, and rows of contacts that are
    /// gone.
    pub(crate) is_tidy: bool,
    /// Until then the shards are one worker's to write.
    leased_until: Option<UtcTime>,
}

/// A stretch of the log that nobody needs from some time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Purgeable {
    /// Every row that was written up to then is in the shards of a generation,
    pub(crate) upto: UtcTime,
    /// and from then on no search is under way that began with an earlier one.
    pub(crate) from: UtcTime,
}

/// What a worker has made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made {
    pub(crate) objects: Vec<String>,
    pub(crate) applied_upto: Option<UtcTime>,
    pub(crate) read_at: Option<UtcTime>,
    pub(crate) rebuilt_at: Option<UtcTime>,
    pub(crate) purgeable: Option<Purgeable>,
}

impl Manifest {
    pub(crate) async fn read(scope: &TenantScope) -> Result<Option<Self>, Failure> {
        let item = scope.table.get(&scope.table.keys().search_manifest()).await?;
        item.map(|item| {
            let reader = ItemReader::new(&item);
            let objects = reader.text("objects")?.split(',').filter(|name| !name.is_empty());
            let purgeable =
                reader.optional_time("purgeable_upto")?.zip(reader.optional_time("purgeable_from")?);
            Ok(Self {
                version: reader.number("version")?,
                generation: reader.optional_number("generation").unwrap_or(0),
                objects: objects.map(str::to_owned).collect(),
                applied_upto: reader.optional_time("applied_upto")?,
                read_at: reader.optional_time("read_at")?,
                rebuilt_at: reader.optional_time("rebuilt_at")?,
                purgeable: purgeable.map(|(upto, from)| Purgeable { upto, from }),
                is_tidy: reader.optional_text("tidy").is_some(),
                leased_until: reader.optional_time("leased_until")?,
            })
        })
        .transpose()
    }

    /// Takes the shards, whose manifest was read as `before`, for one worker; `None` where another has them, or has had them since. What
    /// is given is as it stood, but for the lease.
    pub(crate) async fn lease(
        before: Option<Self>,
        scope: &TenantScope,
        now: UtcTime,
    ) -> Result<Option<Self>, Failure> {
        if before.as_ref().and_then(|manifest| manifest.leased_until).is_some_and(|until| until > now) {
            return Ok(None);
        }
        let version = before.as_ref().map(|manifest| manifest.version);
        let mut next = before.unwrap_or_default();
        next.version += 1;
        next.is_tidy = false;
        next.leased_until = Some(now.plus_seconds(LEASE_SECONDS));
        let written = next.write(scope, version).await?;
        Ok(written.then_some(next))
    }

    /// Has searches use what was made, and keeps the lease. `false` where that had ended and somebody else has it: then nothing is
    /// changed, and the objects are nobody's.
    pub(crate) async fn publish(&mut self, scope: &TenantScope, made: Made) -> Result<bool, Failure> {
        let Made { objects, applied_upto, read_at, rebuilt_at, purgeable } = made;
        let next = Self {
            version: self.version + 1,
            generation: self.generation + 1,
            objects,
            applied_upto,
            read_at,
            rebuilt_at,
            purgeable,
            ..self.clone()
        };
        let written = next.write(scope, Some(self.version)).await?;
        if written {
            *self = next;
        }
        Ok(written)
    }

    /// Gives the shards back; `is_tidy` says whether the worker has come to its end. Whoever has the lease meanwhile keeps it.
    pub(crate) async fn give_back(self, scope: &TenantScope, is_tidy: bool) -> Result<(), Failure> {
        let over = Some(self.version);
        let next = Self { version: self.version + 1, is_tidy, leased_until: None, ..self };
        next.write(scope, over).await?;
        Ok(())
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
            .number("generation", self.generation)
            .text("objects", self.objects.join(","))
            .optional_time("applied_upto", self.applied_upto)
            .optional_time("read_at", self.read_at)
            .optional_time("rebuilt_at", self.rebuilt_at)
            .optional_time("purgeable_upto", self.purgeable.map(|purgeable| purgeable.upto))
            .optional_time("purgeable_from", self.purgeable.map(|purgeable| purgeable.from))
            .optional_text("tidy", self.is_tidy.then_some("yes"))
            .optional_time("leased_until", self.leased_until)
            .build()
    }
}

//! Appending to users' event logs, also where others append at the same time.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use kernel::{Ambient, Failure, TenantId, UserId};
use lru::LruCache;
use outbox::Delivery;
use table::{EventLogEntry, EventLogExpiry, EventLogHead, Item, TableError, Transaction};
use tenancy::TenantScope;
use tokio::sync::Mutex;

use crate::notifications::{make, read::Reading};

/// How long an entry can be replayed.
const RETENTION_SECONDS: i64 = 3 * 24 * 60 * 60;
/// A mark outlives whatever may bring its event once more: the stream (a day), a lane and its dead letters (14 days).
const MARK_SECONDS: i64 = 15 * 24 * 60 * 60;
const ATTEMPTS: u32 = 10;
const FIRST_PAUSE_MICROSECONDS: u64 = 2_000;
const LONGEST_PAUSE_MICROSECONDS: u64 = 100_000;
/// Heads that one environment remembers.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");

/// What a step has put into a user's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub epoch: String,
    pub entries: Vec<EventLogEntry>,
}

/// What a step is to put into a user's log, and which rows go with it.
#[derive(Debug, Clone, Default)]
pub struct Step {
    pub events: Vec<String>,
    pub items: Vec<Item>,
}

/// Where a step comes from.
pub enum Plan<'a> {
    /// It is known beforehand.
    #[cfg(test)]
    Fixed(Step),
    /// It depends on what the user wants and has been notified of.
    Delivery(&'a Delivery),
    /// It depends on whether what the user has read is still as they saw it.
    Reading(&'a Reading),
}

impl Plan<'_> {
    async fn step(&self, scope: &TenantScope, ambient: &dyn Ambient, user: &UserId) -> Result<Step, Failure> {
        match self {
            #[cfg(test)]
            Self::Fixed(step) => Ok(step.clone()),
            Self::Delivery(delivery) => make::step(scope, ambient, user, delivery).await,
            Self::Reading(reading) => reading.step(scope, user).await,
        }
    }
}

type Remembered = Arc<Mutex<Option<EventLogHead>>>;

/// The logs of all users, with the heads that this environment wrote or read last. A head that is no longer true costs a second
/// attempt and nothing else: the table decides.
pub struct EventLogs {
    heads: Mutex<LruCache<(TenantId, UserId), Remembered>>,
}

impl Default for EventLogs {
    fn default() -> Self {
        Self { heads: Mutex::new(LruCache::new(REMEMBERED)) }
    }
}

impl EventLogs {
    /// Takes the step named `event_id` in the log of `user`; one that was taken before is found, not repeated. `plan` is asked
    /// again whenever somebody else has got in between: what it reads of the user's rows is as it was at the head's number.
    pub async fn take(
        &self,
        scope: &TenantScope,
        ambient: &dyn Ambient,
        user: &UserId,
        event_id: &str,
        plan: &Plan<'_>,
    ) -> Result<Taken, Failure> {
        let memory = self.remembered(scope.table.tenant(), user).await;
        // Within one environment a user's steps take turns instead of failing each other's conditions.
        let mut known = memory.lock().await;
        let now = ambient.now();
        let expiry = EventLogExpiry {
            entries: now.plus_seconds(RETENTION_SECONDS),
            mark: now.plus_seconds(MARK_SECONDS),
        };
        for attempt in 0..ATTEMPTS {
            let head = match known.take() {
                Some(head) => head,
                None => scope.table.open_event_log(user, ambient).await?,
            };
            let step = plan.step(scope, ambient, user).await?;
            let events: Vec<&str> = step.events.iter().map(String::as_str).collect();
            let transaction = scope.table.transaction().append_events(user, &head, event_id, &events, expiry);
            let transaction = step.items.into_iter().fold(transaction, Transaction::put_any);
            match transaction.commit().await {
                Ok(()) => return Ok(taken(&mut known, head, &step.events)),
                Err(TableError::ConditionFailed { element: 0 }) => {
                    return find(scope, user, event_id).await;
                }
                Err(TableError::ConditionFailed { element: 1 }) => {}
                Err(TableError::Conflict(_) | TableError::Throttled(_)) => {
                    tokio::time::sleep(pause(attempt, ambient)).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::Unavailable("the user's event log changes too fast".into()))
    }

    async fn remembered(&self, tenant: &TenantId, user: &UserId) -> Remembered {
        let mut heads = self.heads.lock().await;
        heads.get_or_insert((tenant.clone(), user.clone()), Remembered::default).clone()
    }
}

fn taken(known: &mut Option<EventLogHead>, head: EventLogHead, events: &[String]) -> Taken {
    let entries = events.iter().zip(head.seq + 1..);
    let entries: Vec<_> = entries.map(|(event, seq)| EventLogEntry { seq, event: event.clone() }).collect();
    let taken = Taken { epoch: head.epoch.clone(), entries };
    let seq = taken.entries.last().map_or(head.seq, |entry| entry.seq);
    *known = Some(EventLogHead { seq, ..head });
    taken
}

async fn find(scope: &TenantScope, user: &UserId, event_id: &str) -> Result<Taken, Failure> {
    let (entries, head) =
        tokio::try_join!(scope.table.event_log_step(user, event_id), scope.table.event_log_head(user))?;
    match (entries, head) {
        (Some(entries), Some(head)) => Ok(Taken { epoch: head.epoch, entries }),
        _ => Err(Failure::Unavailable("the step was being taken by somebody else".into())),
    }
}

/// A random time up to a bound that doubles, so that those who met do not meet again.
fn pause(attempt: u32, ambient: &dyn Ambient) -> Duration {
    let bound = (FIRST_PAUSE_MICROSECONDS << attempt.min(10)).min(LONGEST_PAUSE_MICROSECONDS);
    let mut random = [0; 8];
    ambient.fill(&mut random);
    Duration::from_micros(u64::from_be_bytes(random) % bound)
}

#[cfg(test)]
mod tests;

//! From the table's stream to the queues of whoever acts on an activity later.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use kernel::{Activity, Failure, TenantId, UtcTime, activity::Body};
use lambda::stream::{Poison, StreamBatch, StreamOutcome};
use outbox::{ContactTouched, Queue, SearchChanged};
use table::{ItemReader, LoggedChange, RecordKind, read_activity};

use crate::app::RelayApp;

pub const FUNCTION: &str = "activities-relay";

/// Changes are in the search's shards so much later; until then searches find them in the log. As long as a queue can wait.
const DUE_SECONDS: i32 = 900;
const MINUTE_SECONDS: i32 = 60;

/// Tells the touch queue of every activity in the batch and the search's queue of every change of a contact, and parks what it
/// cannot read. When a queue does not answer, the batch comes again.
pub async fn handle(app: &RelayApp, batch: StreamBatch) -> Result<StreamOutcome, Failure> {
    let (mut touches, mut poisons) = (Vec::new(), Vec::new());
    for record in batch.records() {
        let on_timeline = record.key().is_some_and(|key| key.kind == RecordKind::Timeline);
        let Some((tenant, item)) = record.tenant().zip(record.new_image()).filter(|_| on_timeline) else {
            continue;
        };
        match read_activity(item) {
            Ok(Activity { contact_id, occurred_at, body: Body::Call(_), .. }) => {
                touches.push(ContactTouched::new(&tenant, contact_id, occurred_at));
            }
            // To write something down about somebody, or to correct what is known of them, is not to have spoken to them.
            Ok(Activity { body: Body::Note(_) | Body::Task(_) | Body::Contact(_), .. }) => {}
            Err(malformed) => poisons.push(Poison::of(record, malformed.to_string())),
        }
    }
    app.touches.send_all(&touches).await?;
    app.failures.send_all(&poisons).await?;
    tell_search(app, &batch).await?;
    Ok(StreamOutcome::default())
}

/// One message a minute for each tenant whose contacts change, given out when changes are due in the shards; and such as are paced
/// where a contact was removed, for then they are overdue, or a company renamed: that changes what its contacts are found by, and no
/// contact.
async fn tell_search(app: &RelayApp, batch: &StreamBatch) -> Result<(), Failure> {
    let (mut changed, mut removed, mut renamed) = (HashMap::new(), HashMap::new(), HashMap::new());
    let now = app.ambient.now();
    for record in batch.records() {
        let Some((tenant, item)) = record.tenant().zip(record.new_image()) else { continue };
        match record.key().map(|key| key.kind) {
            Some(RecordKind::SearchLog) => {}
            Some(RecordKind::RenamedCompany) => {
                renamed.insert(tenant, now);
                continue;
            }
            _ => continue,
        }
        let row = ItemReader::new(item);
        let Ok(written_at) = row.parsed("sk", |sort| UtcTime::parse(sort.split('#').next()?)) else {
            continue;
        };
        let is_removal = LoggedChange::of(item) == Some(LoggedChange::Removed);
        let told = if is_removal { &mut removed } else { &mut changed };
        let last: &mut UtcTime = told.entry(tenant).or_insert(written_at);
        *last = written_at.max(*last);
    }
    app.told_removals.tell(&app.search, removed, SearchChanged::new).await?;
    app.told_renames.tell(&app.search, renamed, SearchChanged::rebuild).await?;
    let untold = app.told.untold(changed);
    let later: Vec<_> = untold.iter().map(|(tenant, minute)| SearchChanged::new(tenant, *minute)).collect();
    app.search.send_later(&later, DUE_SECONDS).await?;
    app.told.note(untold);
    Ok(())
}

/// Tenants, each with the end of a minute.
type Minutes = Vec<(TenantId, UtcTime)>;

/// Up to when each tenant's changes have been told by this environment. A message speaks for the whole minute that a change falls into,
/// so that an import of a hundred thousand contacts does not fill the queue with messages that all say the same.
#[derive(Default)]
pub(crate) struct Told(Mutex<HashMap<TenantId, UtcTime>>);

impl Told {
    /// The ends of the minutes that no message has spoken for yet.
    fn untold(&self, changed: HashMap<TenantId, UtcTime>) -> Minutes {
        let told = self.lock();
        let minutes = changed.into_iter().map(|(tenant, last)| (tenant, end_of_minute(last)));
        minutes.filter(|(tenant, minute)| told.get(tenant).is_none_or(|told| told < minute)).collect()
    }

    /// Only once the queue has taken the messages: a batch that failed comes again.
    fn note(&self, sent: Minutes) {
        let mut told = self.lock();
        if told.len() > MANY_TENANTS {
            told.clear();
        }
        told.extend(sent);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, UtcTime>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is told at once and yet paced: the first of a minute at once, and all others when the minute is over. Whoever clears a list out,
/// or renames one company after the other, does not have the shards written for each.
#[derive(Default)]
pub(crate) struct Paced {
    first: Told,
    rest: Told,
}

impl Paced {
    async fn tell(
        &self,
        queue: &Queue,
        changed: HashMap<TenantId, UtcTime>,
        message: fn(&TenantId, UtcTime) -> SearchChanged,
    ) -> Result<(), Failure> {
        let (first, rest) = self.untold(&changed);
        let at_once: Vec<_> = first.iter().map(|(tenant, _)| message(tenant, changed[tenant])).collect();
        queue.send_all(&at_once).await?;
        self.first.note(first);
        let later: Vec<_> = rest.iter().map(|(tenant, minute)| message(tenant, *minute)).collect();
        queue.send_later(&later, MINUTE_SECONDS).await?;
        self.rest.note(rest);
        Ok(())
    }

    /// The ends of those minutes that are to be told at once, and of those that wait.
    fn untold(&self, changed: &HashMap<TenantId, UtcTime>) -> (Minutes, Minutes) {
        let first = self.first.untold(changed.clone());
        let mut others = changed.clone();
        others.retain(|tenant, _| first.iter().all(|(told, _)| told != tenant));
        let rest = self.rest.untold(others);
        (first, rest)
    }
}

/// More tenants than change contacts within the life of an environment; forgetting them costs a message each.
const MANY_TENANTS: usize = 10_000;

fn end_of_minute(time: UtcTime) -> UtcTime {
    let into = time.as_millisecond().rem_euclid(60_000);
    UtcTime::from_millisecond(time.as_millisecond() - into + 60_000).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(id: &str) -> TenantId {
        #[expect(clippy::disallowed_methods, reason = "a tenant of this test")]
        kernel::ClaimedTenant::parse(id).unwrap().vouch(kernel::Provenance::OwnRecord)
    }

    #[test]
    fn of_a_minute_the_first_is_told_at_once_and_the_others_together() {
        let (tenant, paced) = (tenant("tnt_one"), Paced::default());
        let at = |text: &str| UtcTime::parse(text).unwrap();
        let mut told = Vec::new();
        for time in ["09:31:00.000Z", "09:31:02.000Z", "09:31:59.000Z", "09:32:01.000Z"] {
            let changed = HashMap::from([(tenant.clone(), at(&format!("2026-11-22T{time}")))]);
            let (first, rest) = paced.untold(&changed);
            told.push((first.len(), rest.len()));
            paced.first.note(first);
            paced.rest.note(rest);
        }
        assert_eq!(told, [(1, 0), (0, 1), (0, 0), (1, 0)]);
    }

    #[test]
    fn a_minute_of_a_tenant_is_told_once_and_only_when_it_was_sent() {
        let (one, other) = (tenant("tnt_one"), tenant("tnt_other"));
        let at = |text: &str| UtcTime::parse(text).unwrap();
        let changed = |tenant: &TenantId, time: &str| HashMap::from([(tenant.clone(), at(time))]);
        let told = Told::default();
        let first = told.untold(changed(&one, "2026-11-22T09:31:00.000Z"));
        assert_eq!(first, [(one.clone(), at("2026-11-22T09:32:00.000Z"))]);
        // It did not go out.
        assert_eq!(told.untold(changed(&one, "2026-11-22T09:31:00.000Z")), first);
        told.note(first);
        assert!(told.untold(changed(&one, "2026-11-22T09:31:59.999Z")).is_empty());
        assert_eq!(told.untold(changed(&one, "2026-11-22T09:32:00.000Z")).len(), 1);
        assert_eq!(told.untold(changed(&other, "2026-11-22T09:31:30.000Z")).len(), 1);
    }
}

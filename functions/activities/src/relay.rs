//! From the table's stream to the queues of whoever acts on an activity later.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use kernel::{Activity, Failure, TenantId, UtcTime, activity::Body};
use lambda::stream::{Poison, StreamBatch, StreamOutcome};
use outbox::{ContactTouched, SearchChanged};
use table::{ItemReader, RecordKind, read_activity};

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

/// One message a minute for each tenant whose contacts change, given out when changes are due in the shards; and one for each batch
/// that is given out at once where a contact was removed, for then they are overdue, or a company renamed: that changes what its
/// contacts are found by, and no contact.
async fn tell_search(app: &RelayApp, batch: &StreamBatch) -> Result<(), Failure> {
    let (mut changed, mut removed, mut renamed) = (HashMap::new(), HashMap::new(), HashSet::new());
    for record in batch.records() {
        let Some((tenant, item)) = record.tenant().zip(record.new_image()) else { continue };
        match record.key().map(|key| key.kind) {
            Some(RecordKind::SearchLog) => {}
            Some(RecordKind::RenamedCompany) => {
                renamed.insert(tenant);
                continue;
            }
            _ => continue,
        }
        let row = ItemReader::new(item);
        let Ok(written_at) = row.parsed("sk", |sort| UtcTime::parse(sort.split('#').next()?)) else {
            continue;
        };
        let told = if row.optional_text("change") == Some("removed") { &mut removed } else { &mut changed };
        let last: &mut UtcTime = told.entry(tenant).or_insert(written_at);
        *last = written_at.max(*last);
    }
    tell_removals(app, removed).await?;
    let now = app.ambient.now();
    let renamed: Vec<_> = renamed.iter().map(|tenant| SearchChanged::rebuild(tenant, now)).collect();
    app.search.send_all(&renamed).await?;
    let untold = app.told.untold(changed);
    let later: Vec<_> = untold.iter().map(|(tenant, minute)| SearchChanged::new(tenant, *minute)).collect();
    app.search.send_later(&later, DUE_SECONDS).await?;
    app.told.note(untold);
    Ok(())
}

/// The first removal of a minute is told at once, and the others when the minute is over: whoever clears a list out does not have the
/// shards written for each contact.
async fn tell_removals(app: &RelayApp, removed: HashMap<TenantId, UtcTime>) -> Result<(), Failure> {
    let first = app.told_removals.untold(removed.clone());
    let at_once: Vec<_> =
        first.iter().map(|(tenant, _)| SearchChanged::new(tenant, removed[tenant])).collect();
    app.search.send_all(&at_once).await?;
    let rest = removed.into_iter().filter(|(tenant, _)| !first.iter().any(|(told, _)| told == tenant));
    let rest = app.told_rests.untold(rest.collect());
    app.told_removals.note(first);
    let later: Vec<_> = rest.iter().map(|(tenant, minute)| SearchChanged::new(tenant, *minute)).collect();
    app.search.send_later(&later, MINUTE_SECONDS).await?;
    app.told_rests.note(rest);
    Ok(())
}

/// Up to when each tenant's changes have been told by this environment. A message speaks for the whole minute that a change falls into,
/// so that an import of a hundred thousand contacts does not fill the queue with messages that all say the same.
#[derive(Default)]
pub(crate) struct Told(Mutex<HashMap<TenantId, UtcTime>>);

impl Told {
    /// The ends of the minutes that no message has spoken for yet.
    fn untold(&self, changed: HashMap<TenantId, UtcTime>) -> Vec<(TenantId, UtcTime)> {
        let told = self.lock();
        let minutes = changed.into_iter().map(|(tenant, last)| (tenant, end_of_minute(last)));
        minutes.filter(|(tenant, minute)| told.get(tenant).is_none_or(|told| told < minute)).collect()
    }

    /// Only once the queue has taken the messages: a batch that failed comes again.
    fn note(&self, sent: Vec<(TenantId, UtcTime)>) {
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

/// More tenants than change contacts within the life of an environment; forgetting them costs a message each.
const MANY_TENANTS: usize = 10_000;

fn end_of_minute(time: UtcTime) -> UtcTime {
    let into = time.as_millisecond().rem_euclid(60_000);
    UtcTime::from_millisecond(time.as_millisecond() - into + 60_000).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_of_a_tenant_is_told_once_and_only_when_it_was_sent() {
        let tenant = |id: &str| {
            #[expect(clippy::disallowed_methods, reason = "a tenant of this test")]
            kernel::ClaimedTenant::parse(id).unwrap().vouch(kernel::Provenance::OwnRecord)
        };
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

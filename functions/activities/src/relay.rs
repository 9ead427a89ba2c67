//! From the table's stream to the queues of whoever acts on an activity later.

use std::collections::HashMap;

use kernel::{Activity, Failure, TenantId, UtcTime, activity::Body};
use lambda::stream::{Poison, StreamBatch, StreamOutcome};
use outbox::{ContactTouched, SearchChanged};
use table::{ItemReader, RecordKind, read_activity};

use crate::app::RelayApp;

pub const FUNCTION: &str = "activities-relay";

/// Changes are in the search's shards so much later; until then searches find them in the log. As long as a queue can wait.
const DUE_SECONDS: i32 = 900;

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
            // To write something down about somebody is not to have spoken to them.
            Ok(Activity { body: Body::Note(_) | Body::Task(_), .. }) => {}
            Err(malformed) => poisons.push(Poison::of(record, malformed.to_string())),
        }
    }
    app.touches.send_all(&touches).await?;
    app.failures.send_all(&poisons).await?;
    tell_search(app, &batch).await?;
    Ok(StreamOutcome::default())
}

/// One message for each tenant whose contacts the batch changes, given out when changes are due in the shards; and one that is
/// given out at once where a contact was removed, for then they are overdue.
async fn tell_search(app: &RelayApp, batch: &StreamBatch) -> Result<(), Failure> {
    let (mut changed, mut removed) = (HashMap::new(), HashMap::new());
    for record in batch.records() {
        let logged = record.key().is_some_and(|key| key.kind == RecordKind::SearchLog);
        let Some((tenant, item)) = record.tenant().zip(record.new_image()).filter(|_| logged) else {
            continue;
        };
        let row = ItemReader::new(item);
        let Ok(written_at) = row.parsed("sk", |sort| UtcTime::parse(sort.split('#').next()?)) else {
            continue;
        };
        let told = if row.optional_text("change") == Some("removed") { &mut removed } else { &mut changed };
        let last: &mut UtcTime = told.entry(tenant).or_insert(written_at);
        *last = written_at.max(*last);
    }
    let messages = |told: HashMap<TenantId, UtcTime>| -> Vec<SearchChanged> {
        told.iter().map(|(tenant, last)| SearchChanged::new(tenant, *last)).collect()
    };
    app.search.send_all(&messages(removed)).await?;
    app.search.send_later(&messages(changed), DUE_SECONDS).await?;
    Ok(())
}

//! From the table's stream to the queues of whoever acts on an activity later.

use kernel::{Activity, Failure};
use lambda::stream::{Poison, StreamBatch, StreamOutcome};
use outbox::ContactTouched;
use table::{RecordKind, read_activity};

use crate::app::RelayApp;

pub const FUNCTION: &str = "activities-relay";

/// Tells the touch queue of every activity in the batch, and parks what it cannot read. When a queue does not answer, the batch
/// comes again.
pub async fn handle(app: &RelayApp, batch: StreamBatch) -> Result<StreamOutcome, Failure> {
    let (mut touches, mut poisons) = (Vec::new(), Vec::new());
    for record in batch.records() {
        let on_timeline = record.key().is_some_and(|key| key.kind == RecordKind::Timeline);
        let Some((tenant, item)) = record.tenant().zip(record.new_image()).filter(|_| on_timeline) else {
            continue;
        };
        match read_activity(item) {
            Ok(Activity { contact_id, occurred_at, .. }) => {
                touches.push(ContactTouched::new(&tenant, contact_id, occurred_at));
            }
            Err(malformed) => poisons.push(Poison::of(record, malformed.to_string())),
        }
    }
    app.touches.send_all(&touches).await?;
    app.failures.send_all(&poisons).await?;
    Ok(StreamOutcome::default())
}

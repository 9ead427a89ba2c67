//! From the table's stream to the queues of whoever acts on an activity later.

use kernel::{Activity, Failure};
use lambda::stream::{StreamBatch, StreamOutcome};
use outbox::ContactTouched;
use table::{RecordKind, read_activity};

use crate::app::RelayApp;

pub const FUNCTION: &str = "activities-relay";

/// Tells the touch queue of every activity in the batch. A record that cannot be read is passed over: the dispatcher, which
/// reads the same stream, parks it. When the queue does not answer, the batch comes again.
pub async fn handle(app: &RelayApp, batch: StreamBatch) -> Result<StreamOutcome, Failure> {
    let mut touches = Vec::new();
    for record in batch.records() {
        let on_timeline = record.key().is_some_and(|key| key.kind == RecordKind::Timeline);
        let Some((tenant, item)) = record.tenant().zip(record.new_image()).filter(|_| on_timeline) else {
            continue;
        };
        if let Ok(Activity { contact_id, occurred_at, .. }) = read_activity(item) {
            touches.push(ContactTouched::new(&tenant, contact_id, occurred_at));
        }
    }
    app.touches.send_all(&touches).await?;
    Ok(StreamOutcome::default())
}

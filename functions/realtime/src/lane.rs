//! The queue worker of the lanes: what did not fit into the stream's batches, tenant by tenant in order.

use std::collections::BTreeSet;

use kernel::{Failure, TenantId};
use lambda::worker::{QueueBatch, QueueMessage, QueueOutcome};
use outbox::Delivery;

use crate::app::DeliverApp;

pub const FUNCTION: &str = "realtime-lane";

/// Delivers the batch in order. What fails goes back to the queue, and with it whatever of its tenant is behind it.
pub async fn handle(app: &DeliverApp, batch: QueueBatch) -> Result<QueueOutcome, Failure> {
    let mut outcome = QueueOutcome::default();
    let mut waiting: BTreeSet<TenantId> = BTreeSet::new();
    for message in batch.messages() {
        if let Err((tenant, failure)) = carry(app, message, &waiting).await {
            outcome.failed(message, &failure);
            waiting.extend(tenant);
        }
    }
    Ok(outcome)
}

async fn carry(
    app: &DeliverApp,
    message: &QueueMessage,
    waiting: &BTreeSet<TenantId>,
) -> Result<(), (Option<TenantId>, Failure)> {
    let delivery: Delivery =
        serde_json::from_str(message.body()).map_err(|error| (None, Failure::internal(error)))?;
    let tenant = delivery.tenant().ok_or_else(|| (None, Failure::internal("the message names no tenant")))?;
    if waiting.contains(&tenant) {
        let ahead = Failure::Unavailable("an event ahead of it in the lane has failed".into());
        return Err((Some(tenant), ahead));
    }
    let outcome = async {
        let scope = app.data.open(&tenant).await;
        app.courier.deliver(&scope, &delivery).await?;
        if let Some(number) = delivery.lane_number {
            scope.table.leave_lane(number).await?;
        }
        Ok(())
    };
    outcome.await.map_err(|failure| (Some(tenant), failure))
}

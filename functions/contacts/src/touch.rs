//! The queue worker that keeps when a contact was last spoken or written to.

use kernel::Failure;
use lambda::worker::{QueueBatch, QueueOutcome};
use outbox::ContactTouched;

use crate::app::App;

pub const FUNCTION: &str = "contacts-touch";

/// Raises `last_touched_at` of every contact in the batch; what fails goes back to the queue, alone.
pub async fn handle(app: &App, batch: QueueBatch) -> Result<QueueOutcome, Failure> {
    Ok(batch.each(async |body| raise(app, body).await).await)
}

async fn raise(app: &App, body: &str) -> Result<(), Failure> {
    let touched: ContactTouched = serde_json::from_str(body).map_err(Failure::internal)?;
    let tenant = touched.tenant().ok_or_else(|| Failure::internal("the message names no tenant"))?;
    let scope = app.data.open(&tenant).await;
    Ok(scope.table.touch(&touched.contact_id, touched.occurred_at).await?)
}

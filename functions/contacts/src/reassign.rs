//! The queue worker that gives the contacts of a user who has left to the colleague named for them.

use kernel::{Ambient, ContactId, Failure, Limit};
use lambda::worker::{QueueBatch, QueueOutcome};
use outbox::{OwnerLeft, Queue, SearchChanged};
use table::{Direction, ItemReader, Range, read_contact_access};
use tenancy::TenantScope;

use crate::app::App;

pub const FUNCTION: &str = "contacts-reassign";

/// Pages for one message; what is left goes back to the queue as a message of its own, so that no tenant is too large for the time
/// that a function has.
const PAGES: usize = 10;

/// What reassigning is built from.
pub struct ReassignApp {
    pub app: App,
    pub queue: Queue,
    pub search: Queue,
}

impl ReassignApp {
    pub async fn from_environment() -> Self {
        Self {
            app: App::from_environment().await,
            queue: lambda::Environment::queue("REASSIGN_QUEUE_URL").await,
            search: lambda::Environment::queue("SEARCH_QUEUE_URL").await,
        }
    }
}

/// What fails goes back to the queue, alone; what was done of it stays done.
pub async fn handle(reassigning: &ReassignApp, batch: QueueBatch) -> Result<QueueOutcome, Failure> {
    Ok(batch.each(async |body| walk(reassigning, body).await).await)
}

/// Sends on what is still to be done. In the end the search makes its shards anew: with what is sealed closed to this worker, it
/// could not say what became of each contact.
async fn walk(reassigning: &ReassignApp, body: &str) -> Result<(), Failure> {
    let app = &reassigning.app;
    let left: OwnerLeft = serde_json::from_str(body).map_err(Failure::internal)?;
    let tenant = left.tenant().ok_or_else(|| Failure::internal("the message names no tenant"))?;
    match hand_over(&app.data.open(&tenant).await, &*app.ambient, &left).await? {
        Some(rest) => reassigning.queue.send_all(&[rest]).await?,
        None => reassigning.search.send_all(&[SearchChanged::rebuild(&tenant, app.ambient.now())]).await?,
    }
    Ok(())
}

async fn hand_over(
    scope: &TenantScope,
    ambient: &dyn Ambient,
    left: &OwnerLeft,
) -> Result<Option<OwnerLeft>, Failure> {
    let table = &scope.table;
    let mut after = left.after.clone();
    for _ in 0..PAGES {
        let range = Range {
            partition: table.keys().contacts(),
            direction: Direction::Ascending,
            limit: Limit::MAXIMUM,
            after,
        };
        let page = table.query(&range).await?;
        for item in &page.items {
            let owned = read_contact_access(item)?.is_some_and(|access| access.owner == left.from);
            if owned {
                let contact = ItemReader::new(item).parsed("sk", ContactId::parse)?;
                table.change_owner(&contact, &left.from, &left.to, ambient.now()).await?;
            }
        }
        after = page.last;
        if after.is_none() {
            return Ok(None);
        }
    }
    Ok(after.map(|after| left.behind(after)))
}

#[cfg(test)]
mod tests;

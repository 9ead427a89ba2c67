//! A tenant's share of a batch. Tenants do not wait for each other; what concerns one contact keeps its order; and what does not fit
//! into the time that a batch has, or fails, goes on in the tenant's own lane.

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use kernel::{ContactId, Failure};
use outbox::{Delivery, Queue};
use tenancy::TenantScope;

use crate::deliver::Courier;

/// What one tenant may take of a batch. The stream's next batch, with everybody's events in it, waits for this one.
pub const SHARE: Duration = Duration::from_millis(100);

/// A delivery and its place in the batch.
pub type Placed = (usize, Delivery);

/// Delivers, or sends into the lane, all of a tenant's `deliveries`, which are in the order of the batch. Fails with the place from
/// which on the batch has to come again.
pub async fn serve(
    courier: &Courier,
    lanes: &Queue,
    scope: &TenantScope,
    deliveries: Vec<Placed>,
    started: Instant,
) -> Result<(), (usize, Failure)> {
    let first = deliveries.first().map_or(0, |(place, _)| *place);
    let lane = scope.table.lane().await.map_err(|error| (first, error.into()))?;
    // Behind what is still in the lane, or it would be overtaken.
    let left =
        if lane.occupied() { deliveries } else { deliver_in_time(courier, scope, deliveries, started).await };
    let Some((place, _)) = left.first() else { return Ok(()) };
    detour(lanes, scope, &left).await.map_err(|failure| (*place, failure))
}

/// Gives what was not delivered, in the order of the batch.
async fn deliver_in_time(
    courier: &Courier,
    scope: &TenantScope,
    deliveries: Vec<Placed>,
    started: Instant,
) -> Vec<Placed> {
    // Once one contact's events have to go into the lane, all that have not begun do: a lane has one order.
    let closed = AtomicBool::new(false);
    let queues = by_contact(deliveries).into_iter().map(async |mut queue: VecDeque<Placed>| {
        while let Some((place, delivery)) = queue.pop_front() {
            if closed.load(Ordering::Relaxed) || started.elapsed() >= SHARE {
                closed.store(true, Ordering::Relaxed);
                queue.push_front((place, delivery));
                break;
            }
            if let Err(failure) = courier.deliver(scope, &delivery).await {
                tracing::warn!(%failure, "an event goes on in its tenant's lane");
                closed.store(true, Ordering::Relaxed);
                queue.push_front((place, delivery));
                break;
            }
        }
        queue
    });
    let mut left: Vec<_> = futures_util::future::join_all(queues).await.into_iter().flatten().collect();
    left.sort_by_key(|(place, _)| *place);
    left
}

/// Events without a contact depend on nothing but themselves.
fn by_contact(deliveries: Vec<Placed>) -> Vec<VecDeque<Placed>> {
    let mut queues: Vec<(Option<ContactId>, VecDeque<Placed>)> = Vec::new();
    for (place, delivery) in deliveries {
        let contact = delivery.contact_id.clone();
        match queues.iter_mut().find(|(known, _)| contact.is_some() && *known == contact) {
            Some((_, queue)) => queue.push_back((place, delivery)),
            None => queues.push((contact, VecDeque::from([(place, delivery)]))),
        }
    }
    queues.into_iter().map(|(_, queue)| queue).collect()
}

async fn detour(lanes: &Queue, scope: &TenantScope, left: &[Placed]) -> Result<(), Failure> {
    let first = scope.table.enter_lane(i64::try_from(left.len()).unwrap_or(i64::MAX)).await?;
    let numbered = left
        .iter()
        .zip(first..)
        .map(|((_, delivery), number)| (number.to_string(), delivery.in_lane(number)));
    tracing::info!(events = left.len(), "events go on in their tenant's lane");
    Ok(lanes.send_in_order(scope.table.tenant().as_str(), &numbered.collect::<Vec<_>>()).await?)
}

#[cfg(test)]
mod tests;

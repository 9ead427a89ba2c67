//! From the table's stream to the logs and sockets of those whom a change concerns; and the end of sockets, where it is one of who
//! may come in.

use std::{collections::BTreeMap, time::Instant};

use kernel::{Failure, TenantId};
use lambda::stream::{Poison, StreamBatch, StreamOutcome, StreamRecord};
use outbox::Delivery;

use crate::{
    app::DispatchApp,
    lanes::{self, Placed},
    recipients::delivery_of,
    revoke::{close_sockets, revocation},
};

pub const FUNCTION: &str = "realtime-dispatch";

/// Where the batch has to come again from, and why.
type Fault = (usize, Failure);

/// Closes the sockets that have to be closed, then delivers what the batch tells, each tenant for itself. A record that cannot be
/// read is parked and passed over; where neither the table nor a queue answers, the batch comes again from that record on.
pub async fn handle(app: &DispatchApp, batch: StreamBatch) -> Result<StreamOutcome, Failure> {
    let started = Instant::now();
    let mut faults = Vec::new();
    let mut shares: BTreeMap<TenantId, Vec<Placed>> = BTreeMap::new();
    for (place, record) in batch.records().iter().enumerate() {
        match take(app, record).await {
            Ok(Some((tenant, delivery))) => shares.entry(tenant).or_default().push((place, delivery)),
            Ok(None) => {}
            Err(failure) => faults.push((place, failure)),
        }
    }
    let served = shares.into_iter().map(async |(tenant, deliveries)| {
        let scope = app.deliver.data.open(&tenant).await;
        lanes::serve(&app.deliver.courier, &app.lanes, &scope, deliveries, started).await
    });
    faults.extend(futures_util::future::join_all(served).await.into_iter().filter_map(Result::err));
    Ok(outcome(&batch, faults))
}

fn outcome(batch: &StreamBatch, faults: Vec<Fault>) -> StreamOutcome {
    let Some((place, failure)) = faults.into_iter().min_by_key(|(place, _)| *place) else {
        return StreamOutcome::default();
    };
    let record = &batch.records()[place];
    tracing::warn!(sequence_number = record.sequence_number(), %failure, "the batch comes again");
    StreamOutcome::again_from(record)
}

/// What is to be delivered of a record; whatever else it asks for is done.
async fn take(app: &DispatchApp, record: &StreamRecord) -> Result<Option<(TenantId, Delivery)>, Failure> {
    if record.is_identity() {
        match revocation(record) {
            Ok(Some(revocation)) => close_sockets(&app.deliver, record, revocation).await?,
            Ok(None) => {}
            Err(malformed) => park(app, record, malformed.to_string()).await?,
        }
        return Ok(None);
    }
    let Some(tenant) = record.tenant() else { return Ok(None) };
    match delivery_of(&tenant, record) {
        Ok(delivery) => Ok(delivery.map(|delivery| (tenant, delivery))),
        Err(malformed) => park(app, record, malformed.to_string()).await.map(|()| None),
    }
}

async fn park(app: &DispatchApp, record: &StreamRecord, reason: String) -> Result<(), Failure> {
    Ok(app.failures.send_all(&[Poison::of(record, reason)]).await?)
}

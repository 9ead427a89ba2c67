//! What a change in the table tells, and whom.

use kernel::UserId;
use lambda::stream::StreamRecord;
use outbox::{Event, EventData, EventId};
use table::{Item, MalformedItem, RecordKind, read_activity, read_call_state};

/// An event and the users it concerns, each once.
#[derive(Debug, PartialEq)]
pub struct Dispatch {
    pub event: Event,
    pub recipients: Vec<UserId>,
}

/// `None` for changes that nobody is told of.
pub fn dispatch_of(record: &StreamRecord) -> Result<Option<Dispatch>, MalformedItem> {
    let (Some(key), Some(new)) = (record.key(), record.new_image()) else { return Ok(None) };
    match key.kind {
        RecordKind::Timeline if record.old_image().is_none() => activity_created(new).map(Some),
        RecordKind::Call => call_updated(record.old_image(), new),
        _ => Ok(None),
    }
}

fn activity_created(new: &Item) -> Result<Dispatch, MalformedItem> {
    let activity = read_activity(new)?;
    Ok(Dispatch {
        recipients: each_once([activity.user_id.clone(), activity.owner_id.clone()]),
        event: Event {
            id: EventId::of_activity(&activity.id),
            occurred_at: activity.occurred_at,
            contact_id: Some(activity.contact_id.clone()),
            data: EventData::ActivityCreated(activity),
        },
    })
}

/// Only a change of status is told.
fn call_updated(old: Option<&Item>, new: &Item) -> Result<Option<Dispatch>, MalformedItem> {
    let call = read_call_state(new)?;
    let before = old.map(read_call_state).transpose()?;
    if before.is_some_and(|before| before.status == call.status) {
        return Ok(None);
    }
    Ok(Some(Dispatch {
        recipients: each_once([call.user_id, call.owner_id]),
        event: Event {
            id: EventId::of_call(&call.id, call.version),
            occurred_at: call.updated_at,
            contact_id: Some(call.contact_id),
            data: EventData::CallUpdated {
                call_id: call.id,
                status: call.status,
                duration_seconds: call.duration_seconds,
            },
        },
    }))
}

fn each_once([author, owner]: [UserId; 2]) -> Vec<UserId> {
    if author == owner { vec![author] } else { vec![author, owner] }
}

#[cfg(test)]
mod tests {
    use lambda::stream::StreamBatch;
    use serde_json::{Value, json};

    use super::*;

    fn sample() -> Value {
        serde_json::from_str(include_str!("../../../events/realtime-dispatch.json")).unwrap()
    }

    fn dispatches(event: Value) -> Vec<Option<Dispatch>> {
        let batch: StreamBatch = serde_json::from_value(event).unwrap();
        batch.records().iter().map(|record| dispatch_of(record).unwrap()).collect()
    }

    #[test]
    fn the_sample_batch_tells_of_an_activity_or_a_call() {
        assert!(dispatches(sample()).iter().any(Option::is_some));
    }

    #[test]
    fn a_removed_row_tells_nothing() {
        let mut event = sample();
        for record in event["Records"].as_array_mut().unwrap() {
            record["eventName"] = json!("REMOVE");
            record["dynamodb"].as_object_mut().unwrap().remove("NewImage");
        }
        assert!(dispatches(event).iter().all(Option::is_none));
    }
}

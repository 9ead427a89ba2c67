//! What a change in the table tells, and whom.

use kernel::{
    Activity, ContactId, Failure, NotificationKind, TenantId, UserId,
    activity::{Body, CallSummary, TaskSummary},
};
use lambda::stream::StreamRecord;
use outbox::{Delivery, Event, EventData, EventId, ImportFigures, Notice};
use table::{
    ImportState, Item, ItemReader, MalformedItem, RecordKind, read_activity, read_call_state,
    read_contact_access, read_import_state,
};

/// An event, the users it concerns, and who is notified of it.
struct Told {
    event: Event,
    concerned: Vec<UserId>,
    notices: Vec<Notice>,
}

/// `None` for changes that nobody is told of.
pub fn delivery_of(tenant: &TenantId, record: &StreamRecord) -> Result<Option<Delivery>, Unreadable> {
    let Some(Told { event, concerned, notices }) = told_of(record)? else { return Ok(None) };
    Ok(Some(Delivery::new(tenant, &event, &concerned)?.noticed(notices)))
}

/// A record that no later attempt will understand either.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error(transparent)]
    Malformed(#[from] MalformedItem),
    #[error("its event cannot be written as JSON")]
    Unwritable(#[from] Failure),
}

fn told_of(record: &StreamRecord) -> Result<Option<Told>, MalformedItem> {
    let Some(key) = record.key() else { return Ok(None) };
    match (key.kind, record.old_image(), record.new_image()) {
        (RecordKind::Timeline, None, Some(new)) => {
            activity(record, new, EventData::ActivityCreated).map(Some)
        }
        (RecordKind::Timeline, Some(_), Some(new)) => {
            activity(record, new, EventData::ActivityUpdated).map(Some)
        }
        (RecordKind::Timeline, Some(old), None) => {
            activity(record, old, EventData::ActivityDeleted).map(Some)
        }
        (RecordKind::Contact, Some(old), Some(new)) => contact_assigned(old, new),
        (RecordKind::Import, Some(old), Some(new)) => import_moved(old, new),
        (RecordKind::Call, old, Some(new)) => call_updated(old, new),
        _ => Ok(None),
    }
}

fn activity(
    record: &StreamRecord,
    item: &Item,
    data: impl FnOnce(Activity) -> EventData,
) -> Result<Told, MalformedItem> {
    let activity = read_activity(item)?;
    let mut concerned = vec![activity.user_id.clone(), activity.owner_id.clone()];
    match &activity.body {
        Body::Note(note) => concerned.extend(note.mentions.iter().cloned()),
        Body::Task(task) => concerned.push(task.assignee_id.clone()),
        Body::Call(_) | Body::Contact(_) => {}
    }
    let notices = notices_of(&activity, record)?;
    let event = Event {
        id: EventId::of_activity(&activity.id, record.sequence_number()),
        occurred_at: activity.occurred_at,
        contact_id: Some(activity.contact_id.clone()),
        data: data(activity),
    };
    Ok(Told { event, concerned, notices })
}

/// A new activity notifies the contact's owner of what came from outside; whoever is mentioned for the first time, and whoever is
/// given a task, except by themselves; and whoever is to be reminded of one.
fn notices_of(activity: &Activity, record: &StreamRecord) -> Result<Vec<Notice>, MalformedItem> {
    if record.new_image().is_none() {
        return Ok(Vec::new());
    }
    let before = record.old_image().map(read_activity).transpose()?;
    match &activity.body {
        Body::Note(note) => {
            let known = before.map(|before| before.body);
            let fresh = |user: &&UserId| {
                let already = matches!(&known, Some(Body::Note(before)) if before.mentions.contains(user));
                !already && **user != activity.user_id
            };
            let notice = |user: &UserId| Notice {
                user: user.clone(),
                kind: NotificationKind::Mention,
                subject_id: Some(note.note_id.to_string()),
                actor_id: Some(activity.user_id.clone()),
            };
            Ok(note.mentions.iter().filter(fresh).map(notice).collect())
        }
        Body::Call(call) if call.direction == "inbound" => {
            let notice = missed(call, before.as_ref()).map(|kind| Notice {
                user: activity.owner_id.clone(),
                kind,
                subject_id: Some(call.call_id.to_string()),
                actor_id: None,
            });
            Ok(notice.into_iter().collect())
        }
        Body::Call(_) | Body::Contact(_) => Ok(Vec::new()),
        Body::Task(task) => {
            let before = before.and_then(|before| match before.body {
                Body::Task(before) => Some(before),
                _ => None,
            });
            Ok(task_notice(before.as_ref(), task).into_iter().collect())
        }
    }
}

/// A task that is due, or somebody else's to do from now on.
fn task_notice(before: Option<&TaskSummary>, task: &TaskSummary) -> Option<Notice> {
    let rings =
        task.reminded_at.is_some() && before.is_some_and(|before| before.reminded_at != task.reminded_at);
    let handed_on = before.is_none_or(|before| before.assignee_id != task.assignee_id)
        && task.assignee_id != task.updated_by;
    let (kind, actor_id) = match (rings, handed_on) {
        (true, _) => (NotificationKind::TaskDue, None),
        (false, true) => (NotificationKind::Assignment, Some(task.updated_by.clone())),
        (false, false) => return None,
    };
    Some(Notice {
        user: task.assignee_id.clone(),
        kind,
        subject_id: Some(task.task_id.to_string()),
        actor_id,
    })
}

/// A call that nobody answered is told when it ends; that a message was left may be heard of later, and is told then.
fn missed(call: &CallSummary, before: Option<&Activity>) -> Option<NotificationKind> {
    let left = |call: &CallSummary| call.disposition.as_deref() == Some("vm-left");
    let known = before.is_some_and(|before| matches!(&before.body, Body::Call(before) if left(before)));
    match (left(call), before) {
        (true, _) if !known => Some(NotificationKind::Voicemail),
        (false, None) if call.disposition.as_deref() != Some("answered") => {
            Some(NotificationKind::MissedCall)
        }
        _ => None,
    }
}

/// Only another owner is told: the one whose contact it is now.
fn contact_assigned(old: &Item, new: &Item) -> Result<Option<Told>, MalformedItem> {
    let (Some(before), Some(after)) = (read_contact_access(old)?, read_contact_access(new)?) else {
        return Ok(None);
    };
    if before.owner == after.owner {
        return Ok(None);
    }
    let row = ItemReader::new(new);
    let contact = row.parsed("sk", ContactId::parse)?;
    let notice = Notice {
        user: after.owner.clone(),
        kind: NotificationKind::Assignment,
        subject_id: Some(contact.to_string()),
        actor_id: None,
    };
    let event = Event {
        id: EventId::of_contact(&contact, row.number("version")?),
        occurred_at: row.time("updated_at")?,
        contact_id: Some(contact),
        data: EventData::ContactAssigned { owner_id: after.owner.clone(), previous_owner_id: before.owner },
    };
    Ok(Some(Told { event, concerned: vec![after.owner], notices: vec![notice] }))
}

/// Whoever imports is told where another twentieth of the rows is done, and of every change of status; and is notified of the end.
fn import_moved(old: &Item, new: &Item) -> Result<Option<Told>, MalformedItem> {
    let (before, after) = (read_import_state(old)?, read_import_state(new)?);
    let twentieths = |state: &ImportState| state.rows_total.map(|total| state.rows_done * 20 / total.max(1));
    let moved = before.status != after.status || twentieths(&before) != twentieths(&after);
    if after.status == "awaiting_upload" || before.is_over() || !moved {
        return Ok(None);
    }
    let over = after.is_over();
    let ImportState { id, user_id, version, updated_at, .. } = after;
    let figures = ImportFigures {
        import_id: id.clone(),
        status: after.status,
        rows_total: after.rows_total,
        rows_done: after.rows_done,
        created: after.created,
        updated: after.updated,
        skipped: after.skipped,
        failed: after.failed,
        version,
    };
    let notice = Notice {
        user: user_id.clone(),
        kind: NotificationKind::ImportDone,
        subject_id: Some(id.to_string()),
        actor_id: None,
    };
    let event = Event {
        id: EventId::of_import(&id, version),
        occurred_at: updated_at,
        contact_id: None,
        data: if over { EventData::ImportCompleted(figures) } else { EventData::ImportProgress(figures) },
    };
    let notices = if over { vec![notice] } else { Vec::new() };
    Ok(Some(Told { event, concerned: vec![user_id], notices }))
}

/// How an inbound call ends that nobody has answered.
const MISSED: [&str; 4] = ["no-answer", "busy", "canceled", "failed"];

/// Only a change of status is told.
fn call_updated(old: Option<&Item>, new: &Item) -> Result<Option<Told>, MalformedItem> {
    let call = read_call_state(new)?;
    let before = old.map(read_call_state).transpose()?;
    let rings = before.is_none() && !call.rung_ids.is_empty();
    if before.is_some_and(|before| before.status == call.status) {
        return Ok(None);
    }
    // A stranger's call stands on no timeline: whom it rang hears here that it was missed.
    let missed = call.contact_id.is_none() && MISSED.contains(&call.status.as_str());
    let kind = match (rings, missed) {
        (true, _) => Some(NotificationKind::InboundCall),
        (false, true) => Some(NotificationKind::MissedCall),
        (false, false) => None,
    };
    let subject = Some(call.id.to_string());
    let notice = |(user, kind): (&UserId, NotificationKind)| Notice {
        user: user.clone(),
        kind,
        subject_id: subject.clone(),
        actor_id: None,
    };
    let rung = call.rung_ids.iter().filter_map(|user| Some((user, kind?)));
    let notices = rung.map(notice).collect();
    let concerned = call.user_id.iter().chain(&call.owner_id).chain(&call.rung_ids).cloned().collect();
    let event = Event {
        id: EventId::of_call(&call.id, call.version),
        occurred_at: call.updated_at,
        contact_id: call.contact_id,
        data: if rings {
            EventData::CallRinging { call_id: call.id, rung_ids: call.rung_ids }
        } else {
            EventData::CallUpdated {
                call_id: call.id,
                user_id: call.user_id,
                status: call.status,
                duration_seconds: call.duration_seconds,
                version: call.version,
            }
        },
    };
    Ok(Some(Told { event, concerned, notices }))
}

#[cfg(test)]
mod tests {
    use lambda::stream::StreamBatch;
    use serde_json::{Value, json};

    use super::*;

    fn sample() -> Value {
        serde_json::from_str(include_str!("../../../events/realtime-dispatch.json")).unwrap()
    }

    fn deliveries(event: Value) -> Vec<Option<Delivery>> {
        let batch: StreamBatch = serde_json::from_value(event).unwrap();
        let tenant = testkit::tenant("tnt_alpha");
        batch.records().iter().map(|record| delivery_of(&tenant, record).unwrap()).collect()
    }

    #[test]
    fn the_sample_batch_tells_of_an_activity_or_a_call() {
        assert!(deliveries(sample()).iter().any(Option::is_some));
    }

    #[test]
    fn a_task_notifies_whoever_is_given_it_and_whoever_it_reminds() {
        let user = |number: u8| UserId::parse(&format!("usr_{number:0>26}")).unwrap();
        let time =
            |seconds| kernel::UtcTime::from_millisecond(1_790_000_000_000).unwrap().plus_seconds(seconds);
        let task = |assignee, by, reminded: Option<i64>| TaskSummary {
            task_id: kernel::TaskId::parse("task_01jd0000000000000000000000").unwrap(),
            assignee_id: user(assignee),
            status: kernel::activity::TaskStatus::Open,
            due_at: time(0),
            remind_at: None,
            reminded_at: reminded.map(time),
            completed_at: None,
            updated_by: user(by),
            version: 1,
            text: None,
        };
        let told = |before: Option<&TaskSummary>, task: &TaskSummary| {
            task_notice(before, task).map(|notice| (notice.user, notice.kind, notice.actor_id))
        };
        let (own, handed_on) = (task(1, 1, None), task(2, 1, None));
        assert_eq!(told(None, &own), None);
        let assigned = Some((user(2), NotificationKind::Assignment, Some(user(1))));
        assert_eq!(told(None, &handed_on), assigned);
        assert_eq!(told(Some(&own), &handed_on), assigned);
        assert_eq!(told(Some(&handed_on), &handed_on), None);
        // Taken back by whoever it is theirs from then on.
        assert_eq!(told(Some(&handed_on), &own), None);
        let due = Some((user(2), NotificationKind::TaskDue, None));
        assert_eq!(told(Some(&handed_on), &task(2, 1, Some(0))), due);
        assert_eq!(told(Some(&task(2, 1, Some(0))), &task(2, 1, Some(9))), due);
        assert_eq!(told(Some(&task(2, 1, Some(0))), &task(2, 2, Some(0))), None);
        // It rang for somebody who has left, and falls to another.
        assert_eq!(told(Some(&own), &task(2, 1, Some(0))), due);
    }

    #[test]
    fn a_removed_activity_is_told_as_it_was_and_a_removed_call_is_not() {
        let mut event = sample();
        for record in event["Records"].as_array_mut().unwrap() {
            record["eventName"] = json!("REMOVE");
            let change = record["dynamodb"].as_object_mut().unwrap();
            let image = change.remove("NewImage").unwrap();
            change.insert("OldImage".to_owned(), image);
        }
        let told: Vec<Value> = deliveries(event)
            .into_iter()
            .flatten()
            .map(|delivery| serde_json::from_str(&delivery.event).unwrap())
            .collect();
        assert!(!told.is_empty());
        assert!(told.iter().all(|event| event["type"] == "activity.deleted"), "{told:?}");
    }

    fn import(status: &str, total: Option<i64>, done: i64, version: i64) -> Value {
        let number = |value: i64| json!({ "N": value.to_string() });
        let mut image = json!({
            "pk": { "S": "T#tnt_alpha#IMPORT" },
            "sk": { "S": "imp_01kar5a1b2c3d4e5f6g7h8j9k0" },
            "user_id": { "S": "usr_01kar1b2c3d4e5f6g7h8j9k0mn" },
            "status": { "S": status },
            "rows_done": number(done),
            "created": number(done),
            "updated": number(0),
            "skipped": number(0),
            "failed": number(0),
            "version": number(version),
            "updated_at": { "S": "2026-11-22T09:31:45.218Z" },
        });
        if let Some(total) = total {
            image["rows_total"] = number(total);
        }
        image
    }

    fn told_of_import(old: Value, new: Value) -> Option<(Value, Delivery)> {
        let mut event = sample();
        let mut record = event["Records"][0].take();
        record["eventName"] = json!("MODIFY");
        record["dynamodb"]["Keys"] = json!({ "pk": new["pk"], "sk": new["sk"] });
        record["dynamodb"]["OldImage"] = old;
        record["dynamodb"]["NewImage"] = new;
        event["Records"] = json!([record]);
        let delivery = deliveries(event).remove(0)?;
        Some((serde_json::from_str(&delivery.event).unwrap(), delivery))
    }

    #[test]
    fn an_import_tells_of_every_twentieth_and_notifies_of_its_end() {
        let running = |done, version| import("running", Some(1000), done, version);
        let (event, delivery) =
            told_of_import(import("checking", None, 0, 2), running(0, 3)).expect("it runs");
        assert_eq!((&event["type"], &event["data"]["rows_total"]), (&json!("import.progress"), &json!(1000)));
        assert!(delivery.notices.is_empty() && delivery.concerned.len() == 1);
        assert!(told_of_import(running(10, 4), running(49, 5)).is_none());
        assert!(told_of_import(running(49, 5), running(50, 6)).is_some());
        assert!(
            told_of_import(import("awaiting_upload", None, 0, 1), import("checking", None, 0, 2)).is_some()
        );
        let over = || import("completed", Some(1000), 1000, 9);
        let (event, delivery) = told_of_import(running(990, 8), over()).expect("it is over");
        assert_eq!(event["type"], "import.completed");
        assert_eq!(delivery.notices[0].kind, NotificationKind::ImportDone);
        assert!(told_of_import(over(), over()).is_none());
    }

    fn summary(disposition: &str) -> CallSummary {
        CallSummary {
            call_id: kernel::CallId::parse("call_01jd0000000000000000000000").unwrap(),
            direction: "inbound".to_owned(),
            status: "no-answer".to_owned(),
            disposition: Some(disposition.to_owned()),
            duration_seconds: None,
            outcome: None,
            recording: None,
        }
    }

    #[test]
    fn a_missed_call_is_told_once_and_its_message_once() {
        let activity = |disposition: &str| Activity {
            id: kernel::ActivityId::parse("act_01jd0000000000000000000000").unwrap(),
            occurred_at: kernel::UtcTime::from_millisecond(1_790_000_000_000).unwrap(),
            contact_id: ContactId::parse("con_01jd0000000000000000000000").unwrap(),
            user_id: UserId::parse("usr_01jd0000000000000000000000").unwrap(),
            owner_id: UserId::parse("usr_01jd0000000000000000000000").unwrap(),
            source: kernel::activity::Source::Internal,
            body: Body::Call(summary(disposition)),
            created_at: kernel::UtcTime::from_millisecond(1_790_000_000_000).unwrap(),
        };
        let told = |now: &str, before: Option<&str>| missed(&summary(now), before.map(activity).as_ref());
        assert_eq!(told("no-answer", None), Some(NotificationKind::MissedCall));
        assert_eq!(told("vm-left", None), Some(NotificationKind::Voicemail));
        assert_eq!(told("vm-left", Some("no-answer")), Some(NotificationKind::Voicemail));
        assert_eq!(told("vm-left", Some("vm-left")), None);
        assert_eq!(told("no-answer", Some("no-answer")), None);
        assert_eq!(told("answered", None), None);
    }
}

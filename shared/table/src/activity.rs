//! Activities as items: calls write them, the timeline and the dispatcher read them.

use kernel::{
    Activity, ActivityId, CallId, ContactId, NoteId, TaskId, UserId,
    activity::{
        Body, CallSummary, ContactChangeKind, ContactSummary, NoteSummary, Source, TaskStatus, TaskSummary,
    },
};

use crate::{
    item::{Item, ItemBuilder, ItemReader, MalformedItem},
    key::Keys,
    purpose::Purpose,
    record_kind::tenant_of_partition,
};

/// The row of `activity` on its contact's timeline and in the tenant's feed. What is personal about it is not in here; whoever
/// writes the activity seals it into an attribute of its own.
#[must_use]
pub fn activity_item(keys: Keys<'_>, activity: &Activity) -> Item {
    sealed_activity_item(keys, activity, None)
}

/// As [`activity_item`], with what is sealed for this very row (see [`Keys::activity`]).
#[must_use]
pub fn sealed_activity_item(keys: Keys<'_>, activity: &Activity, sealed: Option<(Purpose, Vec<u8>)>) -> Item {
    let key = keys.activity(&activity.contact_id, activity.occurred_at, &activity.id);
    let item = ItemBuilder::new(&key)
        .first_index(keys.feed(), key.sort())
        .text("activity_id", activity.id.as_str())
        .text("user_id", activity.user_id.as_str())
        .text("owner_id", activity.owner_id.as_str())
        .text("source", source_text(activity.source))
        .text("kind", activity.body.kind())
        .time("occurred_at", activity.occurred_at)
        .time("created_at", activity.created_at);
    let item = match &activity.body {
        Body::Call(call) => item
            .text("call_id", call.call_id.as_str())
            .text("direction", call.direction.clone())
            .text("status", call.status.clone())
            .optional_text("disposition", call.disposition.clone())
            .optional_number("duration_seconds", call.duration_seconds)
            .optional_text("outcome", call.outcome.clone())
            .optional_text("recording", call.recording.clone()),
        Body::Note(note) => item
            .text("note_id", note.note_id.as_str())
            .optional_text("mentions", users_text(&note.mentions))
            .number("version", note.version),
        Body::Task(task) => item
            .text("task_id", task.task_id.as_str())
            .text("assignee_id", task.assignee_id.as_str())
            .text("status", task.status.as_str())
            .time("due_at", task.due_at)
            .optional_time("remind_at", task.remind_at)
            .optional_time("reminded_at", task.reminded_at)
            .optional_time("completed_at", task.completed_at)
            .text("updated_by", task.updated_by.as_str())
            .number("version", task.version),
        Body::Contact(contact) => item
            .text("change", contact.change.as_str())
            .optional_text("fields", Some(contact.fields.join(",")).filter(|fields| !fields.is_empty()))
            .number("version", contact.version),
    };
    match sealed {
        Some((purpose, blob)) => item.sealed(purpose, blob).build(),
        None => item.build(),
    }
}

/// The activity in a row that [`activity_item`] made.
pub fn read_activity(item: &Item) -> Result<Activity, MalformedItem> {
    let item = ItemReader::new(item);
    let contact = |partition: &str| tenant_of_partition(partition)?.rest.and_then(ContactId::parse);
    Ok(Activity {
        id: item.parsed("activity_id", ActivityId::parse)?,
        occurred_at: item.time("occurred_at")?,
        contact_id: item.parsed("pk", contact)?,
        user_id: item.parsed("user_id", UserId::parse)?,
        owner_id: item.parsed("owner_id", UserId::parse)?,
        source: item.parsed("source", source_of)?,
        body: read_body(item)?,
        created_at: item.time("created_at")?,
    })
}

fn read_body(item: ItemReader<'_>) -> Result<Body, MalformedItem> {
    match item.text("kind")? {
        "call" => Ok(Body::Call(CallSummary {
            call_id: item.parsed("call_id", CallId::parse)?,
            direction: item.text("direction")?.to_owned(),
            status: item.text("status")?.to_owned(),
            disposition: item.optional_text("disposition").map(str::to_owned),
            duration_seconds: item.optional_number("duration_seconds"),
            outcome: item.optional_text("outcome").map(str::to_owned),
            recording: item.optional_text("recording").map(str::to_owned),
        })),
        "note" => Ok(Body::Note(NoteSummary {
            note_id: item.parsed("note_id", NoteId::parse)?,
            mentions: item.optional_parsed("mentions", users_of)?.unwrap_or_default(),
            version: item.number("version")?,
            text: None,
        })),
        "task" => Ok(Body::Task(TaskSummary {
            task_id: item.parsed("task_id", TaskId::parse)?,
            assignee_id: item.parsed("assignee_id", UserId::parse)?,
            status: item.parsed("status", TaskStatus::parse)?,
            due_at: item.time("due_at")?,
            remind_at: item.optional_time("remind_at")?,
            reminded_at: item.optional_time("reminded_at")?,
            completed_at: item.optional_time("completed_at")?,
            updated_by: item.parsed("updated_by", UserId::parse)?,
            version: item.number("version")?,
            text: None,
        })),
        "contact" => Ok(Body::Contact(ContactSummary {
            change: item.parsed("change", ContactChangeKind::parse)?,
            fields: item
                .optional_text("fields")
                .map_or_else(Vec::new, |fields| fields.split(',').map(str::to_owned).collect()),
            version: item.number("version")?,
        })),
        _ => Err(MalformedItem { attribute: "kind" }),
    }
}

/// Users as one attribute; none where there is nobody.
#[must_use]
pub fn users_text(users: &[UserId]) -> Option<String> {
    let texts: Vec<_> = users.iter().map(UserId::as_str).collect();
    (!texts.is_empty()).then(|| texts.join(","))
}

/// What [`users_text`] wrote.
#[must_use]
pub fn users_of(text: &str) -> Option<Vec<UserId>> {
    text.split(',').map(UserId::parse).collect()
}

fn source_text(source: Source) -> &'static str {
    match source {
        Source::Internal => "internal",
        Source::External => "external",
    }
}

fn source_of(text: &str) -> Option<Source> {
    [Source::Internal, Source::External].into_iter().find(|source| source_text(*source) == text)
}

#[cfg(test)]
mod tests {
    use kernel::UtcTime;

    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_shown_flat() {
        let suffix = "01jd0000000000000000000000";
        let time = UtcTime::from_millisecond(1_790_000_000_000).unwrap();
        let activity = Activity {
            id: ActivityId::parse(&format!("act_{suffix}")).unwrap(),
            occurred_at: time,
            contact_id: ContactId::parse(&format!("con_{suffix}")).unwrap(),
            user_id: UserId::parse(&format!("usr_{suffix}")).unwrap(),
            owner_id: UserId::parse(&format!("usr_{suffix}")).unwrap(),
            source: Source::Internal,
            body: Body::Call(CallSummary {
                call_id: CallId::parse(&format!("call_{suffix}")).unwrap(),
                direction: "outbound".to_owned(),
                status: "completed".to_owned(),
                disposition: Some("answered".to_owned()),
                duration_seconds: Some(7),
                outcome: Some("interested".to_owned()),
                recording: Some("available".to_owned()),
            }),
            created_at: time,
        };
        assert_eq!(read_activity(&activity_item(Keys::of("tnt_a"), &activity)).unwrap(), activity);
    }
}

//! Activities as items: calls write them, the timeline and the dispatcher read them.

use kernel::{
    Activity, ActivityId, CallId, ContactId, UserId,
    activity::{Body, CallSummary, Source},
};

use crate::{
    item::{Item, ItemBuilder, ItemReader, MalformedItem},
    key::{Keys, tenant_of_partition},
};

/// The row of `activity` on its contact's timeline.
#[must_use]
pub fn activity_item(keys: Keys<'_>, activity: &Activity) -> Item {
    let Body::Call(call) = &activity.body;
    ItemBuilder::new(&keys.activity(&activity.contact_id, activity.occurred_at, &activity.id))
        .text("activity_id", activity.id.as_str())
        .text("user_id", activity.user_id.as_str())
        .text("owner_id", activity.owner_id.as_str())
        .text("source", source_text(activity.source))
        .text("kind", activity.body.kind())
        .text("call_id", call.call_id.as_str())
        .text("direction", call.direction.clone())
        .text("status", call.status.clone())
        .optional_text("disposition", call.disposition.clone())
        .optional_number("duration_seconds", call.duration_seconds)
        .time("occurred_at", activity.occurred_at)
        .time("created_at", activity.created_at)
        .build()
}

/// The activity in a row that [`activity_item`] made.
pub fn read_activity(item: &Item) -> Result<Activity, MalformedItem> {
    let item = ItemReader::new(item);
    let contact = |partition: &str| tenant_of_partition(partition)?.rest.and_then(ContactId::parse);
    if item.text("kind")? != "call" {
        return Err(MalformedItem { attribute: "kind" });
    }
    Ok(Activity {
        id: item.parsed("activity_id", ActivityId::parse)?,
        occurred_at: item.time("occurred_at")?,
        contact_id: item.parsed("pk", contact)?,
        user_id: item.parsed("user_id", UserId::parse)?,
        owner_id: item.parsed("owner_id", UserId::parse)?,
        source: item.parsed("source", source_of)?,
        body: Body::Call(CallSummary {
            call_id: item.parsed("call_id", CallId::parse)?,
            direction: item.text("direction")?.to_owned(),
            status: item.text("status")?.to_owned(),
            disposition: item.optional_text("disposition").map(str::to_owned),
            duration_seconds: item.optional_number("duration_seconds"),
        }),
        created_at: item.time("created_at")?,
    })
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
            }),
            created_at: time,
        };
        assert_eq!(read_activity(&activity_item(Keys::of("tnt_a"), &activity)).unwrap(), activity);
    }
}

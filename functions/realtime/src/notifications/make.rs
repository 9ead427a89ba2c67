//! From a notice to a notification, or to another one of a burst.

use kernel::{Ambient, ContactId, Failure, Notification, NotificationId, UserId, UtcTime};
use outbox::{Delivery, Event, EventData, EventId, Notice};
use tenancy::TenantScope;

use super::store::{notification_item, page, preferences};
use crate::event_log::Step;

/// What comes within this time of the last, of the same kind and about the same contact, is one burst.
const BURST_SECONDS: i64 = 60;
/// A burst is looked for among this many.
const RECENT: u8 = 20;

/// The step that tells `user` of the delivery, and notifies them where they are to be and want it.
pub async fn step(
    scope: &TenantScope,
    ambient: &dyn Ambient,
    user: &UserId,
    delivery: &Delivery,
) -> Result<Step, Failure> {
    let mut step = Step { events: vec![delivery.event.clone()], items: Vec::new() };
    let Some(notice) = delivery.notices.iter().find(|notice| notice.user == *user) else { return Ok(step) };
    let now = ambient.now();
    let channels = preferences(&scope.table, user).await?.channels(notice.kind, now);
    if channels.is_empty() {
        return Ok(step);
    }
    let recent = page(&scope.table, user, RECENT, None).await?.notifications;
    let contact = delivery.contact_id.as_ref();
    let burst = recent.into_iter().find(|earlier| is_of_burst(earlier, notice, contact, now));
    let fresh = burst.is_none();
    let notification = match burst {
        Some(earlier) => Notification {
            subject_id: notice.subject_id.clone(),
            actor_id: notice.actor_id.clone(),
            count: earlier.count + 1,
            channels,
            updated_at: now,
            ..earlier
        },
        None => Notification {
            id: NotificationId::generate(ambient),
            kind: notice.kind,
            contact_id: contact.cloned(),
            subject_id: notice.subject_id.clone(),
            actor_id: notice.actor_id.clone(),
            count: 1,
            channels,
            urgent: notice.kind.is_urgent(),
            created_at: now,
            updated_at: now,
            read_at: None,
        },
    };
    step.items.push(notification_item(scope.table.keys(), user, &notification)?);
    let event = Event {
        id: EventId::of_notification(&notification.id, &delivery.event_id),
        occurred_at: now,
        contact_id: notification.contact_id.clone(),
        data: if fresh {
            EventData::NotificationCreated(notification)
        } else {
            EventData::NotificationUpdated(notification)
        },
    };
    step.events.push(serde_json::to_string(&event).map_err(Failure::internal)?);
    Ok(step)
}

fn is_of_burst(earlier: &Notification, notice: &Notice, contact: Option<&ContactId>, now: UtcTime) -> bool {
    earlier.read_at.is_none()
        && earlier.kind == notice.kind
        && earlier.contact_id.as_ref() == contact
        && now < earlier.updated_at.plus_seconds(BURST_SECONDS)
}

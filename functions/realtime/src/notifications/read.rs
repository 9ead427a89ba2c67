//! `POST /v1/notifications/read`

use kernel::{Action, Caller, Failure, Faults, Limit, Notification, NotificationId};
use lambda::{Method, Reply, Request, RouteSpec};
use outbox::{Event, EventData, EventId};
use serde::{Deserialize, Serialize};
use tenancy::TenantScope;

use super::store::{notification_item, page, read_notification};
use crate::{
    app::KeeperApp,
    event_log::{Plan, Step},
};

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "notifications-read",
    Method::POST,
    "/v1/notifications/read",
    Action::ReadNotifications,
);

/// As many as one transaction takes beside the log's own rows.
const AT_ONCE: usize = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadInput {
    #[serde(default)]
    ids: Vec<String>,
    /// The newest 200 that are unread, whichever they are.
    #[serde(default)]
    all: bool,
}

#[derive(Serialize)]
struct ReadView {
    /// Those that were unread before.
    ids: Vec<NotificationId>,
}

/// Marks notifications as read and tells all of the caller's tabs. Doing it again changes nothing.
pub async fn handle(app: &KeeperApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let given: ReadInput = request.body()?;
    let wanted = parse(&given)?;
    let scope = app.data.open(&caller.tenant).await;
    let unread = match wanted {
        Some(ids) => named(&scope, &caller, &ids).await?,
        None => page(&scope.table, &caller.user, Limit::MAXIMUM, None).await?.notifications,
    };
    let unread: Vec<_> = unread.into_iter().filter(|notification| notification.read_at.is_none()).collect();
    for part in unread.chunks(AT_ONCE) {
        mark(app, &scope, &caller, part).await?;
    }
    Reply::ok(&ReadView { ids: unread.into_iter().map(|notification| notification.id).collect() })
}

/// `None` for all of them.
fn parse(given: &ReadInput) -> Result<Option<Vec<NotificationId>>, Failure> {
    let mut faults = Faults::default();
    if given.all != given.ids.is_empty() {
        faults.add("ids", "either_or", "Name notifications, or say all.");
    } else if given.ids.len() > AT_ONCE {
        faults.add("ids", "too_many", "50 notifications at once.");
    }
    let mut ids = Vec::with_capacity(given.ids.len());
    for (position, text) in given.ids.iter().enumerate() {
        match NotificationId::parse(text) {
            Some(id) => ids.push(id),
            None => faults.add(format!("ids[{position}]"), "invalid_id", "Expected a notification's id."),
        }
    }
    faults.into_result()?;
    Ok((!given.all).then_some(ids))
}

/// Those there are of the caller's; others' and unknown ones are passed over alike.
async fn named(
    scope: &TenantScope,
    caller: &Caller,
    ids: &[NotificationId],
) -> Result<Vec<Notification>, Failure> {
    let mut keys: Vec<_> = ids.iter().map(|id| scope.table.keys().notification(&caller.user, id)).collect();
    keys.sort_by(|one, other| one.sort().cmp(other.sort()));
    keys.dedup();
    let items = scope.table.get_many(&keys).await?;
    items.iter().map(read_notification).filter_map(Result::transpose).collect()
}

async fn mark(
    app: &KeeperApp,
    scope: &TenantScope,
    caller: &Caller,
    unread: &[Notification],
) -> Result<(), Failure> {
    let read_at = app.ambient.now();
    let ids: Vec<_> = unread.iter().map(|notification| notification.id.clone()).collect();
    let event = Event {
        id: EventId::of_reading(&NotificationId::generate(&*app.ambient)),
        occurred_at: read_at,
        contact_id: None,
        data: EventData::NotificationRead { ids, read_at },
    };
    let read = unread.iter().map(|notification| {
        let notification = Notification { read_at: Some(read_at), ..notification.clone() };
        notification_item(scope.table.keys(), &caller.user, &notification)
    });
    let step = Step {
        events: vec![serde_json::to_string(&event).map_err(Failure::internal)?],
        items: read.collect::<Result<_, _>>()?,
    };
    app.courier.carry(scope, &caller.user, event.id.as_str(), &Plan::Fixed(step)).await.map(|_| ())
}

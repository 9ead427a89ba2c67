//! `POST /v1/notifications/read`

use kernel::{Action, Caller, Failure, Faults, Limit, Notification, NotificationId, UserId, UtcTime};
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
/// Pages that are looked through for what is unread.
const PAGES: usize = 10;

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
        None => newest_unread(&scope, &caller).await?,
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

/// The newest that are unread, as many as are marked in one go, behind however many that are not.
async fn newest_unread(scope: &TenantScope, caller: &Caller) -> Result<Vec<Notification>, Failure> {
    let (mut unread, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let page = page(&scope.table, &caller.user, Limit::MAXIMUM, after).await?;
        unread.extend(page.notifications.into_iter().filter(|notification| notification.read_at.is_none()));
        after = page.last;
        if after.is_none() || unread.len() >= usize::from(Limit::MAXIMUM) {
            break;
        }
    }
    unread.truncate(usize::from(Limit::MAXIMUM));
    Ok(unread)
}

async fn mark(
    app: &KeeperApp,
    scope: &TenantScope,
    caller: &Caller,
    seen: &[Notification],
) -> Result<(), Failure> {
    let id = EventId::of_reading(&NotificationId::generate(&*app.ambient));
    let reading = Reading { seen: seen.to_vec(), read_at: app.ambient.now(), event_id: id.clone() };
    app.courier.carry(scope, &caller.user, id.as_str(), &Plan::Reading(&reading)).await.map(|_| ())
}

/// Notifications that their user has read as they are in `seen`.
pub struct Reading {
    seen: Vec<Notification>,
    read_at: UtcTime,
    event_id: EventId,
}

impl Reading {
    /// Marks what is still as it was seen; a burst that has grown meanwhile stays unread.
    pub async fn step(&self, scope: &TenantScope, user: &UserId) -> Result<Step, Failure> {
        let keys = scope.table.keys();
        let wanted: Vec<_> = self.seen.iter().map(|seen| keys.notification(user, &seen.id)).collect();
        let items = scope.table.get_many(&wanted).await?;
        let mut read: Vec<Notification> =
            items.iter().map(read_notification).filter_map(Result::transpose).collect::<Result<_, _>>()?;
        read.retain(|now| self.seen.contains(now));
        let marked = read.iter().map(|notification| {
            let notification = Notification { read_at: Some(self.read_at), ..notification.clone() };
            notification_item(keys, user, &notification)
        });
        let items = marked.collect::<Result<_, _>>()?;
        let event = Event {
            id: self.event_id.clone(),
            occurred_at: self.read_at,
            contact_id: None,
            data: EventData::NotificationRead {
                ids: read.into_iter().map(|notification| notification.id).collect(),
                read_at: self.read_at,
            },
        };
        Ok(Step { events: vec![serde_json::to_string(&event).map_err(Failure::internal)?], items })
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Ambient, NotificationKind, notification::Channel};
    use testkit::TestInstallation;

    use super::*;

    #[tokio::test]
    async fn a_burst_that_grows_while_it_is_read_stays_unread() {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let ambient = &*installation.ambient;
        let user = UserId::generate(ambient);
        let notification = || Notification {
            id: NotificationId::generate(ambient),
            kind: NotificationKind::Mention,
            contact_id: None,
            subject_id: None,
            actor_id: None,
            count: 1,
            channels: vec![Channel::InApp],
            urgent: false,
            created_at: ambient.now(),
            updated_at: ambient.now(),
            read_at: None,
        };
        let (quiet, growing) = (notification(), notification());
        let put = async |notification: &Notification| {
            let item = notification_item(scope.table.keys(), &user, notification).unwrap();
            scope.table.put_any(item).await.unwrap();
        };
        put(&quiet).await;
        put(&growing).await;
        let reading = Reading {
            seen: vec![quiet.clone(), growing.clone()],
            read_at: ambient.now(),
            event_id: EventId::of_reading(&NotificationId::generate(ambient)),
        };
        assert_eq!(reading.step(&scope, &user).await.unwrap().items.len(), 2);
        put(&Notification { count: 2, ..growing }).await;
        let step = reading.step(&scope, &user).await.unwrap();
        let read: Vec<_> =
            step.items.iter().map(|item| read_notification(item).unwrap().unwrap().id).collect();
        assert_eq!(read, std::slice::from_ref(&quiet.id));
        assert!(step.events[0].contains(quiet.id.as_str()), "{:?}", step.events);
    }
}

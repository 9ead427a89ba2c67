//! The rows of notifications and of what users want of them.

use kernel::{Failure, Notification, NotificationId, NotificationPreferences, UserId};
use table::{Direction, Item, ItemBuilder, ItemReader, Keys, Range, TenantTable};

/// A notification is kept this long.
const RETENTION_SECONDS: i64 = 90 * 24 * 60 * 60;

/// Notifications of a user, newest first; `last` is the position to go on behind.
pub struct NotificationPage {
    pub notifications: Vec<Notification>,
    pub last: Option<String>,
}

/// The row of a notification.
pub fn notification_item(
    keys: Keys<'_>,
    user: &UserId,
    notification: &Notification,
) -> Result<Item, Failure> {
    let text = serde_json::to_string(notification).map_err(Failure::internal)?;
    Ok(ItemBuilder::new(&keys.notification(user, &notification.id))
        .text("notification", text)
        .expires_at(notification.updated_at.plus_seconds(RETENTION_SECONDS))
        .build())
}

/// The notification in a row that [`notification_item`] made; `None` for the row of the preferences.
pub fn read_notification(item: &Item) -> Result<Option<Notification>, Failure> {
    let item = ItemReader::new(item);
    if NotificationId::parse(item.sort()?).is_none() {
        return Ok(None);
    }
    serde_json::from_str(item.text("notification")?).map(Some).map_err(Failure::internal)
}

/// A stretch of a user's notifications.
pub async fn page(
    table: &TenantTable,
    user: &UserId,
    limit: u8,
    after: Option<String>,
) -> Result<NotificationPage, Failure> {
    let partition = table.keys().notifications(user);
    let page = table.query(&Range { partition, direction: Direction::Descending, limit, after }).await?;
    let read = page.items.iter().map(read_notification);
    let notifications: Vec<_> = read.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    // The preferences stand at the far end of the partition.
    let ended = notifications.len() < page.items.len();
    Ok(NotificationPage { notifications, last: page.last.filter(|_| !ended) })
}

/// What a user wants; everything, where they have said nothing.
pub async fn preferences(table: &TenantTable, user: &UserId) -> Result<NotificationPreferences, Failure> {
    let Some(item) = table.get(&table.keys().notification_preferences(user)).await? else {
        return Ok(NotificationPreferences::default());
    };
    serde_json::from_str(ItemReader::new(&item).text("preferences")?).map_err(Failure::internal)
}

pub async fn put_preferences(
    table: &TenantTable,
    user: &UserId,
    preferences: &NotificationPreferences,
) -> Result<(), Failure> {
    let text = serde_json::to_string(preferences).map_err(Failure::internal)?;
    let item = ItemBuilder::new(&table.keys().notification_preferences(user)).text("preferences", text);
    Ok(table.put_any(item.build()).await?)
}

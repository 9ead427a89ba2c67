//! Which sockets want to hear what happens with which contact.

use kernel::{ContactId, Failure, UserId, UtcTime};
use table::{Direction, Item, ItemBuilder, ItemReader, QueryPage, Range, TenantTable, read_contact_access};
use tenancy::TenantScope;

use crate::{audience::may_see, store::SOCKET_LIFETIME_SECONDS};

/// Contacts that one socket may watch.
const CONTACTS_PER_SOCKET: usize = 20;
const PAGE: u8 = 200;

/// A socket that watches a contact, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watcher {
    pub connection: String,
    pub user: UserId,
}

/// Notes that the socket watches `contact`. [`Failure::NotFound`] where its user may not see it.
pub async fn watch(
    scope: &TenantScope,
    user: &UserId,
    connection: &str,
    contact: &ContactId,
    now: UtcTime,
) -> Result<(), Failure> {
    let (table, keys) = (&scope.table, scope.table.keys());
    let (contact_key, watched_by) = (keys.contact(contact), keys.watched_by(connection));
    let (item, watched) = tokio::try_join!(table.get(&contact_key), page(table, watched_by, None))?;
    let access = item.map_or(Ok(None), |item| read_contact_access(&item))?;
    let access = access.ok_or(Failure::NotFound("contact"))?;
    if !may_see(scope, &access, user).await? {
        return Err(Failure::NotFound("contact"));
    }
    let others = watched.items.iter().filter(|item| sort_of(item) != Some(contact.as_str()));
    if others.count() >= CONTACTS_PER_SOCKET {
        return Err(Failure::Conflict {
            code: "too_many_subscriptions",
            detail: "A socket watches 20 contacts at most.",
        });
    }
    let expires_at = now.plus_seconds(SOCKET_LIFETIME_SECONDS);
    let forth = ItemBuilder::new(&keys.watcher(contact, connection)).text("user_id", user.as_str());
    let back = ItemBuilder::new(&keys.watched(connection, contact));
    let transaction = table
        .transaction()
        .put_any(forth.expires_at(expires_at).build())
        .put_any(back.expires_at(expires_at).build());
    Ok(transaction.commit().await?)
}

/// Nothing happens where it was not watched.
pub async fn unwatch(scope: &TenantScope, connection: &str, contact: &ContactId) -> Result<(), Failure> {
    let keys = scope.table.keys();
    let transaction = scope
        .table
        .transaction()
        .delete_any(&keys.watcher(contact, connection))
        .delete_any(&keys.watched(connection, contact));
    Ok(transaction.commit().await?)
}

/// Ends whatever a socket watched.
pub async fn unwatch_all(scope: &TenantScope, connection: &str) -> Result<(), Failure> {
    let watched = page(&scope.table, scope.table.keys().watched_by(connection), None).await?;
    for contact in watched.items.iter().filter_map(sort_of).filter_map(ContactId::parse) {
        unwatch(scope, connection, &contact).await?;
    }
    Ok(())
}

/// Who watches a contact now.
pub async fn watchers(
    scope: &TenantScope,
    contact: &ContactId,
    now: UtcTime,
) -> Result<Vec<Watcher>, Failure> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = page(&scope.table, scope.table.keys().watchers(contact), after).await?;
        for item in &page.items {
            let item = ItemReader::new(item);
            if now.as_second() < item.number("expires_at")? {
                let user = item.parsed("user_id", UserId::parse)?;
                found.push(Watcher { connection: item.sort()?.to_owned(), user });
            }
        }
        after = page.last;
        if after.is_none() {
            return Ok(found);
        }
    }
}

async fn page(
    table: &TenantTable,
    partition: String,
    after: Option<String>,
) -> Result<QueryPage, table::TableError> {
    table.query(&Range { partition, direction: Direction::Ascending, limit: PAGE, after }).await
}

fn sort_of(item: &Item) -> Option<&str> {
    ItemReader::new(item).sort().ok()
}

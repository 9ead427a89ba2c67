//! The rows of tickets and open sockets.

use kernel::{ClaimedTenant, Failure, UserId, UtcTime};
use lambda::Session;
use table::{Direction, Item, ItemBuilder, ItemReader, Range};
use tenancy::TenantScope;

use crate::watch::unwatch_all;

/// API Gateway cuts a socket after two hours; a row that outlives it by more was left behind.
pub const SOCKET_LIFETIME_SECONDS: i64 = 2 * 60 * 60 + 10 * 60;
/// Longer than `$connect` takes, its time-out included.
const OPENING_SECONDS: i64 = 15;
/// More open sockets of one user than anybody has tabs.
const SOCKETS_READ: u8 = 100;

/// For whom a ticket was made out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub user: UserId,
    /// What has to hold still when the ticket is used.
    pub session: Session,
}

/// Writes a ticket for `holder` under the hash of its secret.
pub async fn put_ticket(
    scope: &TenantScope,
    secret_hash: &str,
    holder: &Holder,
    expires_at: UtcTime,
) -> Result<(), Failure> {
    let item = ItemBuilder::new(&scope.table.keys().ticket(secret_hash))
        .text("user_id", holder.user.as_str())
        .text("sub", holder.session.sub.clone())
        .text("session_id", holder.session.id.clone())
        .number("session_epoch", holder.session.epoch)
        .expires_at(expires_at)
        .build();
    Ok(scope.table.put_new(item).await?)
}

/// Whose ticket this row was; `None` where it is too old, which the table's own expiry notices only days later.
pub fn ticket_holder(item: &Item, now: UtcTime) -> Result<Option<Holder>, Failure> {
    let item = ItemReader::new(item);
    let session = Session {
        sub: item.text("sub")?.to_owned(),
        id: item.text("session_id")?.to_owned(),
        epoch: item.number("session_epoch")?,
    };
    let holder = Holder { user: item.parsed("user_id", UserId::parse)?, session };
    Ok((now.as_second() < item.number("expires_at")?).then_some(holder))
}

/// Whether the holder may still come in: the session has not ended, its epoch is the current one, and user and tenant are active.
pub async fn still_welcome(scope: &TenantScope, holder: &Holder) -> Result<bool, Failure> {
    let claim = ClaimedTenant::parse(scope.table.tenant().as_str());
    let claim = claim.ok_or_else(|| Failure::internal("the tenant's id does not parse"))?;
    let session = &holder.session;
    let standing = scope.table.identities().find_in_session(&claim, &session.sub, &session.id).await?;
    Ok(standing.is_some_and(|standing| {
        let identity = &standing.identity;
        standing.welcome() && identity.user == holder.user && identity.session_epoch == session.epoch
    }))
}

/// Notes that a socket of `user` is open.
pub async fn put_socket(
    scope: &TenantScope,
    user: &UserId,
    connection: &str,
    now: UtcTime,
) -> Result<(), Failure> {
    let item = ItemBuilder::new(&scope.table.keys().socket(user, connection))
        .time("connected_at", now)
        .expires_at(now.plus_seconds(SOCKET_LIFETIME_SECONDS))
        .build();
    Ok(scope.table.put_any(item).await?)
}

/// Forgets a socket and what it watched; nothing happens where it is forgotten already.
pub async fn forget_socket(scope: &TenantScope, user: &UserId, connection: &str) -> Result<(), Failure> {
    scope.table.delete(&scope.table.keys().socket(user, connection)).await?;
    unwatch_all(scope, connection).await
}

/// A socket as its row says; whether it still is one, the gateway knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSocket {
    pub connection: String,
    pub connected_at: UtcTime,
}

impl OpenSocket {
    /// Whether the gateway may not have opened it yet: the row is written within `$connect`, and until that has answered
    /// the gateway calls the connection gone.
    #[must_use]
    pub fn may_be_opening(&self, now: UtcTime) -> bool {
        now < self.connected_at.plus_seconds(OPENING_SECONDS)
    }
}

/// A user's open sockets.
pub async fn open_sockets(scope: &TenantScope, user: &UserId) -> Result<Vec<OpenSocket>, Failure> {
    let range = Range {
        partition: scope.table.keys().sockets(user),
        direction: Direction::Ascending,
        limit: SOCKETS_READ,
        after: None,
    };
    let page = scope.table.query(&range).await?;
    let socket = |item: &Item| {
        let item = ItemReader::new(item);
        Ok(OpenSocket { connection: item.sort()?.to_owned(), connected_at: item.time("connected_at")? })
    };
    page.items.iter().map(socket).collect()
}

#[cfg(test)]
mod tests;

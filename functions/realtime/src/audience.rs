//! Who is told of an event: whom it concerns, the contact's owner and who watches the contact, as far as they may see it now.

use kernel::{
    Caller, ContactId, Failure, Role, TeamIds, UserId, UtcTime,
    access::{ContactAccess, Visibility},
};
use outbox::Delivery;
use table::{ItemReader, read_contact_access};
use tenancy::TenantScope;

use crate::watch::{Watcher, watchers};

/// A user who is told, and the sockets of theirs that asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub user: UserId,
    pub watching: Vec<String>,
}

/// Each user once. Nobody where the event's contact is gone.
pub async fn audience(
    scope: &TenantScope,
    delivery: &Delivery,
    now: UtcTime,
) -> Result<Vec<Recipient>, Failure> {
    let Some(contact) = &delivery.contact_id else {
        return Ok(gather(&delivery.concerned, None, Vec::new()));
    };
    let (access, watchers) = tokio::try_join!(access_of(scope, contact), watchers(scope, contact, now))?;
    let Some(access) = access else { return Ok(Vec::new()) };
    let everybody = gather(&delivery.concerned, Some(&access.owner), watchers);
    let mut allowed = Vec::with_capacity(everybody.len());
    for recipient in everybody {
        if may_see(scope, &access, &recipient.user).await? {
            allowed.push(recipient);
        }
    }
    Ok(allowed)
}

async fn access_of(scope: &TenantScope, contact: &ContactId) -> Result<Option<ContactAccess>, Failure> {
    let item = scope.table.get(&scope.table.keys().contact(contact)).await?;
    Ok(item.map_or(Ok(None), |item| read_contact_access(&item))?)
}

fn gather(concerned: &[UserId], owner: Option<&UserId>, watchers: Vec<Watcher>) -> Vec<Recipient> {
    let mut recipients: Vec<Recipient> = Vec::new();
    let named = concerned.iter().chain(owner).map(|user| (user.clone(), None));
    let watching = watchers.into_iter().map(|watcher| (watcher.user, Some(watcher.connection)));
    for (user, connection) in named.chain(watching) {
        match recipients.iter_mut().find(|recipient| recipient.user == user) {
            Some(recipient) => recipient.watching.extend(connection),
            None => recipients.push(Recipient { user, watching: connection.into_iter().collect() }),
        }
    }
    recipients
}

/// Whether a user may see a contact now. The user's row is read only where being somebody else than the owner matters.
pub async fn may_see(scope: &TenantScope, access: &ContactAccess, user: &UserId) -> Result<bool, Failure> {
    if access.visibility == Visibility::Tenant || access.owner == *user {
        return Ok(true);
    }
    let Some(item) = scope.table.get(&scope.table.keys().user(user)).await? else { return Ok(false) };
    let row = ItemReader::new(&item);
    let caller = Caller {
        tenant: scope.table.tenant().clone(),
        user: user.clone(),
        role: row.parsed("role", Role::parse)?,
        teams: row.optional_parsed("team_ids", TeamIds::parse)?.unwrap_or_default(),
    };
    Ok(scope.table.sees(&caller, access).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_told_once_with_all_sockets_that_asked() {
        let user = |number: u8| UserId::parse(&format!("usr_{number:0>26}")).unwrap();
        let watcher =
            |number, connection: &str| Watcher { connection: connection.to_owned(), user: user(number) };
        let gathered = gather(
            &[user(1), user(2)],
            Some(&user(1)),
            vec![watcher(2, "a="), watcher(3, "b="), watcher(2, "c=")],
        );
        let expected = [(1, vec![]), (2, vec!["a=", "c="]), (3, vec!["b="])].map(|(number, watching)| {
            Recipient { user: user(number), watching: watching.into_iter().map(str::to_owned).collect() }
        });
        assert_eq!(gathered, expected);
    }
}

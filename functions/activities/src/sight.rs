//! Who of the tenant may see which contact, at this moment.

use std::collections::HashSet;

use kernel::{Caller, ContactId, Failure, Role, TeamIds, UserId, access::ContactAccess};
use table::{ItemReader, TenantTable, read_contact_access};
use tenancy::TenantScope;

/// Why somebody cannot be given something about a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blind {
    /// There is no such active user.
    Unknown,
    /// They may not see the contact.
    MayNotSee,
}

impl Blind {
    /// As an error in a field.
    #[must_use]
    pub fn code_and_message(self) -> (&'static str, &'static str) {
        match self {
            Self::Unknown => ("unknown_user", "There is no such user."),
            Self::MayNotSee => ("cannot_see_contact", "This user may not see the contact."),
        }
    }
}

/// Who may see the contact, where `caller` may; [`Failure::NotFound`] elsewhere.
pub async fn access_for(
    table: &TenantTable,
    contact: &ContactId,
    caller: &Caller,
) -> Result<ContactAccess, Failure> {
    let item = table.get(&table.keys().contact(contact)).await?;
    let access = item.map_or(Ok(None), |item| read_contact_access(&item))?;
    let access = access.ok_or(Failure::NotFound("contact"))?;
    if table.sees(caller, &access).await? { Ok(access) } else { Err(Failure::NotFound("contact")) }
}

/// Those of `contacts` that are there and that `caller` may see.
pub async fn seen_of(
    table: &TenantTable,
    caller: &Caller,
    contacts: &[ContactId],
) -> Result<HashSet<ContactId>, Failure> {
    let each_once: HashSet<_> = contacts.iter().collect();
    let keys: Vec<_> = each_once.into_iter().map(|contact| table.keys().contact(contact)).collect();
    let mut accesses = Vec::with_capacity(keys.len());
    for item in &table.get_many(&keys).await? {
        if let Some(access) = read_contact_access(item)? {
            accesses.push((ItemReader::new(item).parsed("sk", ContactId::parse)?, access));
        }
    }
    let sight = table.visible(caller, accesses.iter().map(|(_, access)| access)).await?;
    Ok(accesses.into_iter().filter(|(_, access)| sight.sees(access)).map(|(contact, _)| contact).collect())
}

/// For each of `users` why they cannot be given something about the contact; `None` where they can.
pub async fn blind_among(
    scope: &TenantScope,
    users: &[UserId],
    access: &ContactAccess,
) -> Result<Vec<Option<Blind>>, Failure> {
    let keys: Vec<_> = users.iter().map(|user| scope.table.keys().user(user)).collect();
    let found = scope.table.get_many(&keys).await?;
    let mut blind = Vec::with_capacity(users.len());
    for user in users {
        let row = found.iter().map(ItemReader::new).find(|row| row.sort() == Ok(user.as_str()));
        let Some(row) = row.filter(|row| row.optional_text("status") != Some("disabled")) else {
            blind.push(Some(Blind::Unknown));
            continue;
        };
        let caller = Caller {
            tenant: scope.table.tenant().clone(),
            user: user.clone(),
            role: row.parsed("role", Role::parse)?,
            teams: row.optional_parsed("team_ids", TeamIds::parse)?.unwrap_or_default(),
        };
        blind.push((!scope.table.sees(&caller, access).await?).then_some(Blind::MayNotSee));
    }
    Ok(blind)
}

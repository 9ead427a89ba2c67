//! The tenant's users by their addresses.

use std::collections::HashMap;

use kernel::{Caller, EmailAddress, Failure, Limit, Role, TeamIds, UserId, UserRecord};
use table::{Direction, ItemReader, Purpose, Range};
use tenancy::{TenantScope, unseal_record};

/// Who may be made an owner.
#[derive(Default)]
pub struct Owners(HashMap<String, UserId>);

impl Owners {
    /// All users who have not been deactivated. Needs `dynamodb:Query` on `USER`.
    pub async fn read(scope: &TenantScope) -> Result<Self, Failure> {
        let vault = scope.vault().await?;
        let (mut owners, mut after) = (HashMap::new(), None);
        loop {
            let range = Range {
                partition: scope.table.keys().users(),
                direction: Direction::Ascending,
                limit: Limit::MAXIMUM,
                after,
            };
            let page = scope.table.query(&range).await?;
            for item in &page.items {
                let row = ItemReader::new(item);
                if row.text("status")? == "disabled" {
                    continue;
                }
                let record: UserRecord = unseal_record(&vault, row, Purpose::UserProfile)?;
                if let Some(address) = EmailAddress::parse(&record.email) {
                    owners.insert(address.canonical(), row.parsed("sk", UserId::parse)?);
                }
            }
            after = page.last;
            if after.is_none() {
                return Ok(Self(owners));
            }
        }
    }

    pub fn find(&self, address: &str) -> Option<&UserId> {
        self.0.get(&EmailAddress::parse(address)?.canonical())
    }
}

/// The user as they stand now; `None` where they have left. Needs `dynamodb:GetItem` on `USER`.
pub async fn standing(scope: &TenantScope, user: &UserId) -> Result<Option<Caller>, Failure> {
    let Some(item) = scope.table.get(&scope.table.keys().user(user)).await? else { return Ok(None) };
    let row = ItemReader::new(&item);
    if row.text("status")? == "disabled" {
        return Ok(None);
    }
    Ok(Some(Caller {
        tenant: scope.table.tenant().clone(),
        user: user.clone(),
        role: row.parsed("role", Role::parse)?,
        teams: row.optional_parsed("team_ids", TeamIds::parse)?.unwrap_or_default(),
    }))
}

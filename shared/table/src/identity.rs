//! Who may come in: a row per user and one for the tenant, in a partition of the tenant's that stands beside its data. The
//! token trigger and the authorizer read them for whichever tenant a token names; what they find there is what counts.

use aws_sdk_dynamodb::{
    Client,
    types::{KeysAndAttributes, ReturnConsumedCapacity},
};
use kernel::{ClaimedTenant, Role, TenantId, UserId, UtcTime};

use crate::{
    capacity::{record_read, record_write},
    error::{TableError, classify},
    item::{Item, ItemBuilder, ItemReader, MalformedItem},
    key::Key,
    tenant_table::attributes,
};

const TENANT_ROW: &str = "TENANT";
/// Partition of gsi1 that lists all tenants; operators alone may read it.
const DIRECTORY: &str = "DIRECTORY";

/// Whether a user may sign in and go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityStatus {
    Active,
    Disabled,
}

/// What the pool's `sub` stands for within its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub user: UserId,
    pub role: Role,
    pub status: IdentityStatus,
    /// Raised to end every session: tokens carry the epoch they were issued in.
    pub session_epoch: i64,
}

/// A tenant as the platform sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantStanding {
    pub name: String,
    pub status: TenantStatus,
    pub created_at: UtcTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantStatus {
    Active,
    /// Nobody of the tenant gets in; its data stays as it is.
    Suspended,
}

/// A user and its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub identity: Identity,
    pub tenant: TenantStanding,
}

impl Standing {
    /// Whether both the user and the tenant may come in.
    #[must_use]
    pub fn welcome(&self) -> bool {
        self.identity.status == IdentityStatus::Active && self.tenant.status == TenantStatus::Active
    }
}

/// The rows `IDENTITY#<tenant>`.
#[derive(Debug, Clone)]
pub struct IdentityTable {
    client: Client,
    name: String,
}

impl IdentityTable {
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// How `sub` stands in the tenant that it claims; `None` where the tenant does not know it.
    pub async fn find(&self, claim: &ClaimedTenant, sub: &str) -> Result<Option<Standing>, TableError> {
        let wanted = KeysAndAttributes::builder()
            .consistent_read(true)
            .keys(attributes(&key(claim.as_str(), sub)))
            .keys(attributes(&key(claim.as_str(), TENANT_ROW)))
            .build()
            .map_err(|error| TableError::Other(Box::new(error)))?;
        let answer = self
            .client
            .batch_get_item()
            .request_items(&self.name, wanted)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_read(answer.consumed_capacity());
        if answer.unprocessed_keys().is_some_and(|keys| !keys.is_empty()) {
            return Err(TableError::Throttled("a batch stayed unfinished".into()));
        }
        let items: Vec<Item> = answer.responses.unwrap_or_default().into_values().flatten().collect();
        let row = |sort: &str| {
            items.iter().map(ItemReader::new).find(|item| item.sort().is_ok_and(|found| found == sort))
        };
        let (Some(user), Some(tenant)) = (row(sub), row(TENANT_ROW)) else { return Ok(None) };
        let malformed = |error: MalformedItem| TableError::Other(Box::new(error));
        Ok(Some(Standing {
            identity: read_identity(user).map_err(malformed)?,
            tenant: read_tenant(tenant).map_err(malformed)?,
        }))
    }

    /// Writes a user's row.
    pub async fn put(&self, tenant: &TenantId, sub: &str, identity: &Identity) -> Result<(), TableError> {
        let status = match identity.status {
            IdentityStatus::Active => "active",
            IdentityStatus::Disabled => "disabled",
        };
        let item = ItemBuilder::new(&key(tenant.as_str(), sub))
            .text("user_id", identity.user.as_str())
            .text("role", identity.role.as_str())
            .text("status", status)
            .number("session_epoch", identity.session_epoch);
        self.put_item(item.build()).await
    }

    /// Writes the tenant's row.
    pub async fn put_tenant(&self, tenant: &TenantId, standing: &TenantStanding) -> Result<(), TableError> {
        let status = match standing.status {
            TenantStatus::Active => "active",
            TenantStatus::Suspended => "suspended",
        };
        let item = ItemBuilder::new(&key(tenant.as_str(), TENANT_ROW))
            .first_index(DIRECTORY.to_owned(), tenant.as_str())
            .text("name", standing.name.clone())
            .text("status", status)
            .time("created_at", standing.created_at);
        self.put_item(item.build()).await
    }

    async fn put_item(&self, item: Item) -> Result<(), TableError> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        Ok(())
    }
}

fn key(tenant: &str, sort: &str) -> Key {
    Key { partition: format!("IDENTITY#{tenant}"), sort: sort.to_owned() }
}

fn read_identity(item: ItemReader<'_>) -> Result<Identity, MalformedItem> {
    Ok(Identity {
        user: item.parsed("user_id", UserId::parse)?,
        role: item.parsed("role", Role::parse)?,
        status: item.parsed("status", |status| match status {
            "active" => Some(IdentityStatus::Active),
            "disabled" => Some(IdentityStatus::Disabled),
            _ => None,
        })?,
        session_epoch: item.number("session_epoch")?,
    })
}

fn read_tenant(item: ItemReader<'_>) -> Result<TenantStanding, MalformedItem> {
    Ok(TenantStanding {
        name: item.text("name")?.to_owned(),
        status: item.parsed("status", |status| match status {
            "active" => Some(TenantStatus::Active),
            "suspended" => Some(TenantStatus::Suspended),
            _ => None,
        })?,
        created_at: item.time("created_at")?,
    })
}

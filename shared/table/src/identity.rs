//! Who may come in: a row per user and one for the tenant, in a partition of the tenant's that stands beside its data. The
//! token trigger and the authorizer read them for whichever tenant a token names; what they find there is what counts.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity},
};
use kernel::{ClaimedTenant, Role, TeamIds, TenantId, UserId};

use crate::{
    capacity::{record_read, record_write},
    error::{TableError, classify},
    item::{Item, ItemBuilder, ItemReader, MalformedItem},
    key::Key,
    standing::{TENANT_ROW, TenantStanding, TenantStatus, read_tenant},
    tenant_table::attributes,
};

/// The attribute that says which second factor a user has; missing where there is none.
pub(crate) const FACTOR: &str = "mfa";
pub(crate) const TOTP: &str = "totp";

/// Whether a user may sign in and go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityStatus {
    /// Has a temporary password and has not come in with one of their own.
    Invited,
    Active,
    Disabled,
}

impl IdentityStatus {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Invited, Self::Active, Self::Disabled].into_iter().find(|known| known.as_str() == text)
    }
}

/// What the pool's `sub` stands for within its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub user: UserId,
    pub role: Role,
    pub status: IdentityStatus,
    /// Raised to end every session: tokens carry the epoch they were issued in.
    pub session_epoch: i64,
    /// Whether signing in asks for the code of an authenticator app. The pool decides that; this says so where reading is cheap.
    pub second_factor: bool,
    pub team_ids: TeamIds,
}

/// A user and its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub identity: Identity,
    pub tenant: TenantStanding,
}

impl Standing {
    /// Whether both the user and the tenant may come in, and the user has the second factor that the tenant may ask for.
    #[must_use]
    pub fn welcome(&self) -> bool {
        self.identity.status == IdentityStatus::Active
            && self.tenant.status == TenantStatus::Active
            && !self.lacks_factor()
    }

    /// Whether the tenant demands a second factor and the user has none.
    #[must_use]
    pub fn lacks_factor(&self) -> bool {
        self.tenant.mfa_required && !self.identity.second_factor
    }

    /// Whether the user may sign in with a password: the active, and those who have just set the one that their invitation asks
    /// for, which is what accepts it. A second factor may still be missing.
    #[must_use]
    pub fn admitted(&self) -> bool {
        self.identity.status != IdentityStatus::Disabled && self.tenant.status == TenantStatus::Active
    }
}

/// The rows `IDENTITY#<tenant>`.
#[derive(Debug, Clone)]
pub struct IdentityTable {
    pub(crate) client: Client,
    pub(crate) name: String,
}

impl IdentityTable {
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// How `sub` stands in the tenant that it claims; `None` where the tenant does not know it.
    pub async fn find(&self, claim: &ClaimedTenant, sub: &str) -> Result<Option<Standing>, TableError> {
        let items = self.rows(claim, &[sub, TENANT_ROW]).await?;
        Self::standing_of(&items, sub)
    }

    /// What `items` say about `sub` and its tenant.
    pub(crate) fn standing_of(items: &[Item], sub: &str) -> Result<Option<Standing>, TableError> {
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
        self.put_item(identity_item(tenant, sub, identity)).await
    }

    /// The rows of `claim` under these sort keys, those that exist, strongly consistent.
    pub(crate) async fn rows(&self, claim: &ClaimedTenant, sorts: &[&str]) -> Result<Vec<Item>, TableError> {
        let keys: Vec<Key> = sorts.iter().map(|sort| key(claim.as_str(), sort)).collect();
        self.batch(&keys).await
    }

    /// The rows at these keys, those that exist, strongly consistent.
    pub(crate) async fn batch(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        let keys = keys.iter().map(attributes).collect();
        let wanted = KeysAndAttributes::builder()
            .consistent_read(true)
            .set_keys(Some(keys))
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
        Ok(answer.responses.unwrap_or_default().into_values().flatten().collect())
    }

    pub(crate) async fn put_item(&self, item: Item) -> Result<(), TableError> {
        self.write(item, None, None).await
    }

    /// Writes an item where `condition` holds; `version` is what `:version` stands for in it.
    pub(crate) async fn put_if(
        &self,
        item: Item,
        condition: &str,
        version: Option<i64>,
    ) -> Result<(), TableError> {
        self.write(item, Some(condition), version).await
    }

    async fn write(
        &self,
        item: Item,
        condition: Option<&str>,
        version: Option<i64>,
    ) -> Result<(), TableError> {
        let values = version.map(|version| (":version".to_owned(), AttributeValue::N(version.to_string())));
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .set_condition_expression(condition.map(str::to_owned))
            .set_expression_attribute_values(values.map(|value| [value].into()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        Ok(())
    }
}

pub(crate) fn key(tenant: &str, sort: &str) -> Key {
    Key { partition: format!("IDENTITY#{tenant}"), sort: sort.to_owned() }
}

pub(crate) fn identity_item(tenant: &TenantId, sub: &str, identity: &Identity) -> Item {
    ItemBuilder::new(&key(tenant.as_str(), sub))
        .text("user_id", identity.user.as_str())
        .text("role", identity.role.as_str())
        .text("status", identity.status.as_str())
        .number("session_epoch", identity.session_epoch)
        .optional_text(FACTOR, identity.second_factor.then_some(TOTP))
        .optional_text("team_ids", identity.team_ids.to_text())
        .build()
}

fn read_identity(item: ItemReader<'_>) -> Result<Identity, MalformedItem> {
    Ok(Identity {
        user: item.parsed("user_id", UserId::parse)?,
        role: item.parsed("role", Role::parse)?,
        status: item.parsed("status", IdentityStatus::parse)?,
        session_epoch: item.number("session_epoch")?,
        second_factor: item.optional_text(FACTOR) == Some(TOTP),
        team_ids: item.optional_parsed("team_ids", TeamIds::parse)?.unwrap_or_default(),
    })
}

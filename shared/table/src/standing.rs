//! The tenant's row among the identities: whether its people may come in, and what an operator has granted it.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnConsumedCapacity, TransactWriteItem};
use kernel::{ClaimedTenant, Limit, Module, TenantId, UtcTime};

use crate::{
    capacity::record_read,
    error::{TableError, classify},
    identity::{IdentityTable, key},
    item::{Item, ItemBuilder, ItemReader, MalformedItem},
    transaction::Transaction,
};

pub(crate) const TENANT_ROW: &str = "TENANT";
/// Partition of gsi1 that lists all tenants; operators alone may read it.
const DIRECTORY: &str = "DIRECTORY";

/// A tenant as the platform sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantStanding {
    pub name: String,
    pub status: TenantStatus,
    /// Whether every user has to hold a second factor.
    pub mfa_required: bool,
    pub modules: BTreeSet<Module>,
    /// How many users the tenant may have; `None` is as many as it likes.
    pub user_limit: Option<u32>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantStatus {
    Active,
    /// Nobody of the tenant gets in; its data stays as it is.
    Suspended,
}

impl TenantStatus {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended].into_iter().find(|known| known.as_str() == text)
    }
}

/// Tenants in the order of their ids; `last` is the id to go on behind, `None` at the end.
#[derive(Debug)]
pub struct DirectoryPage {
    pub tenants: Vec<(ClaimedTenant, TenantStanding)>,
    pub last: Option<String>,
}

impl TenantStanding {
    /// A new tenant: active, nothing granted, no limit.
    #[must_use]
    pub fn new(name: String, created_at: UtcTime) -> Self {
        Self {
            name,
            status: TenantStatus::Active,
            mfa_required: false,
            modules: BTreeSet::new(),
            user_limit: None,
            version: 1,
            created_at,
            updated_at: created_at,
        }
    }
}

impl IdentityTable {
    /// How a tenant stands, strongly consistent; `None` where there is no such tenant.
    pub async fn tenant(&self, claim: &ClaimedTenant) -> Result<Option<TenantStanding>, TableError> {
        let items = self.rows(claim, &[TENANT_ROW]).await?;
        let row = items.first().map(|item| read_tenant(ItemReader::new(item)));
        row.transpose().map_err(|error| TableError::Other(Box::new(error)))
    }

    /// Writes a tenant's first row; [`TableError::ConditionFailed`] where it has one.
    pub async fn put_new_tenant(
        &self,
        tenant: &TenantId,
        standing: &TenantStanding,
    ) -> Result<(), TableError> {
        self.put_if(tenant_row(tenant, standing), "attribute_not_exists(pk)", None).await
    }

    /// Writes the next state of a tenant's row, which must still be at `version`; [`TableError::ConditionFailed`] where it is not.
    pub async fn put_tenant(
        &self,
        tenant: &TenantId,
        standing: &TenantStanding,
        version: i64,
    ) -> Result<(), TableError> {
        self.put_if(tenant_row(tenant, standing), "version = :version", Some(version)).await
    }

    /// All tenants of the installation, a page at a time. The index lags a moment behind the rows.
    pub async fn directory(&self, limit: Limit, after: Option<&str>) -> Result<DirectoryPage, TableError> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let start = after.map(|tenant| {
            let row = key(tenant, TENANT_ROW);
            [("pk", row.partition()), ("sk", row.sort()), ("gsi1pk", DIRECTORY), ("gsi1sk", tenant)]
                .map(|(name, value)| (name.to_owned(), text(value)))
                .into()
        });
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("gsi1")
            .key_condition_expression("gsi1pk = :directory")
            .expression_attribute_values(":directory", text(DIRECTORY))
            .limit(i32::from(limit.get()))
            .set_exclusive_start_key(start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_read(answer.consumed_capacity.as_slice());
        let last = answer.last_evaluated_key().and_then(|key| ItemReader::new(key).optional_text("gsi1sk"));
        let last = last.map(str::to_owned);
        let read = |item: &Item| {
            let row = ItemReader::new(item);
            Ok((row.parsed("gsi1sk", ClaimedTenant::parse)?, read_tenant(row)?))
        };
        let tenants: Result<_, MalformedItem> = answer.items().iter().map(read).collect();
        Ok(DirectoryPage { tenants: tenants.map_err(|error| TableError::Other(Box::new(error)))?, last })
    }
}

impl Transaction<'_> {
    /// Writes the next state of the tenant's row among the identities, which must still be at `version`.
    pub fn put_standing(self, standing: &TenantStanding, version: i64) -> Self {
        let row = tenant_row(self.tenant(), standing);
        let put = Put::builder()
            .table_name(self.table_name())
            .set_item(Some(row))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", AttributeValue::N(version.to_string()));
        self.push(put.build().map(|put| TransactWriteItem::builder().put(put)))
    }

    /// Writes the first row of a tenant among the identities; it must not have one.
    pub fn put_new_standing(self, standing: &TenantStanding) -> Self {
        let row = tenant_row(self.tenant(), standing);
        let put = Put::builder()
            .table_name(self.table_name())
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(pk)");
        self.push(put.build().map(|put| TransactWriteItem::builder().put(put)))
    }
}

fn tenant_row(tenant: &TenantId, standing: &TenantStanding) -> Item {
    let modules: Vec<_> = standing.modules.iter().map(|module| module.as_str()).collect();
    ItemBuilder::new(&key(tenant.as_str(), TENANT_ROW))
        .first_index(DIRECTORY.to_owned(), tenant.as_str())
        .text("name", standing.name.clone())
        .text("status", standing.status.as_str())
        .optional_text("mfa_required", standing.mfa_required.then_some("true"))
        .optional_text("modules", (!modules.is_empty()).then(|| modules.join(",")))
        .optional_number("user_limit", standing.user_limit)
        .number("version", standing.version)
        .time("created_at", standing.created_at)
        .time("updated_at", standing.updated_at)
        .build()
}

pub(crate) fn read_tenant(item: ItemReader<'_>) -> Result<TenantStanding, MalformedItem> {
    let modules = |list: &str| list.split(',').map(Module::parse).collect();
    let malformed = |_| MalformedItem { attribute: "user_limit" };
    Ok(TenantStanding {
        name: item.text("name")?.to_owned(),
        status: item.parsed("status", TenantStatus::parse)?,
        mfa_required: item.optional_text("mfa_required") == Some("true"),
        modules: item.optional_parsed("modules", modules)?.unwrap_or_default(),
        user_limit: item.optional_number("user_limit").map(u32::try_from).transpose().map_err(malformed)?,
        version: item.number("version")?,
        created_at: item.time("created_at")?,
        updated_at: item.time("updated_at")?,
    })
}

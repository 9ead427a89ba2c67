//! What may be touched before anything is verified.

use aws_sdk_dynamodb::Client;
use kernel::{ClaimedTenant, TenantId};

use crate::{error::TableError, item::Item, key::Keys, tenant_table::TenantTable};

/// A tenant's rows on the strength of a claim alone: the telephony account, whose secret proves a webhook, and a socket
/// ticket, which proves itself by being found. The role behind it reaches no more than that either.
#[derive(Debug, Clone)]
pub struct ClaimedTable {
    inner: TenantTable,
}

impl ClaimedTable {
    /// `client` must hold credentials of a claim role, tagged with the claimed tenant.
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>, claim: &ClaimedTenant) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the id stays inside; only the two reads below use it")]
        let tenant: TenantId = claim.clone().vouch(kernel::Provenance::OwnRecord);
        Self { inner: TenantTable::new(client, name, tenant) }
    }

    #[must_use]
    pub fn keys(&self) -> Keys<'_> {
        self.inner.keys()
    }

    /// The telephony account, still sealed.
    pub async fn telephony(&self) -> Result<Option<Item>, TableError> {
        self.inner.get(&self.keys().telephony()).await
    }

    /// Takes a ticket out of the table: the first to ask gets it, everybody later `None`.
    pub async fn consume_ticket(&self, secret_hash: &str) -> Result<Option<Item>, TableError> {
        self.inner.delete(&self.keys().ticket(secret_hash)).await
    }

    /// The wrapped keys, for opening the telephony account.
    pub async fn wrapped_keys(&self) -> Result<Vec<Item>, TableError> {
        self.inner.wrapped_keys().await
    }
}

impl TenantTable {
    /// All wrapped keys of the tenant.
    pub async fn wrapped_keys(&self) -> Result<Vec<Item>, TableError> {
        let range = crate::Range {
            partition: self.keys().wrapped_keys(),
            direction: crate::Direction::Ascending,
            limit: 100,
            after: None,
        };
        Ok(self.query(&range).await?.items)
    }
}

//! The bridge from the user pool to tenants: one row per `sub`, outside every tenant, read by the token trigger and the
//! authorizer and written when users are made or changed.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ReturnConsumedCapacity},
};
use kernel::{ClaimedTenant, Role, UserId};

use crate::{
    capacity::{record_read, record_write},
    error::{TableError, classify},
    item::{Item, ItemReader, MalformedItem},
};

/// Whether a user may sign in and go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityStatus {
    Active,
    Disabled,
}

/// What the pool's `sub` stands for. The tenant is a claim until a token's signature has been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub tenant: ClaimedTenant,
    pub user: UserId,
    pub role: Role,
    pub status: IdentityStatus,
    /// Raised to end every session: tokens carry the epoch they were issued in.
    pub session_epoch: i64,
}

/// The rows `SUB#<sub>`.
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

    /// `None` for a `sub` nobody knows.
    pub async fn find(&self, sub: &str) -> Result<Option<Identity>, TableError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key(sub)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_read(answer.consumed_capacity.as_slice());
        let read =
            |item: &Item| parse(ItemReader::new(item)).map_err(|error| TableError::Other(Box::new(error)));
        answer.item.as_ref().map(read).transpose()
    }

    pub async fn put(&self, sub: &str, identity: &Identity) -> Result<(), TableError> {
        let status = match identity.status {
            IdentityStatus::Active => "active",
            IdentityStatus::Disabled => "disabled",
        };
        let mut item = key(sub);
        for (name, value) in [
            ("tenant_id", identity.tenant.as_str()),
            ("user_id", identity.user.as_str()),
            ("role", identity.role.as_str()),
            ("status", status),
        ] {
            item.insert(name.to_owned(), AttributeValue::S(value.to_owned()));
        }
        item.insert("session_epoch".to_owned(), AttributeValue::N(identity.session_epoch.to_string()));
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

fn key(sub: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(format!("SUB#{sub}"))),
        ("sk".to_owned(), AttributeValue::S("IDENTITY".to_owned())),
    ])
}

fn parse(item: ItemReader<'_>) -> Result<Identity, MalformedItem> {
    Ok(Identity {
        tenant: item.parsed("tenant_id", ClaimedTenant::parse)?,
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

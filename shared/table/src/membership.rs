//! Who belongs to a tenant and with which rights: what is written about a user among the identities, always together with the
//! user's own row, and the roster, which lets one change of the membership through at a time.

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnConsumedCapacity, TransactWriteItem, Update};
use kernel::{Ambient, ClaimedTenant, Role, TeamIds, TenantId};

use crate::{
    capacity::record_write,
    error::{TableError, classify},
    identity::{Identity, IdentityStatus, IdentityTable, identity_item, key},
    item::{ItemBuilder, ItemReader},
    tenant_table::{TenantTable, attributes},
    transaction::Transaction,
};

/// What a change of a user means for its identity. The session epoch rises with it, so that every session before it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityChange {
    pub role: Role,
    /// `None` leaves the status as it is.
    pub status: Option<IdentityStatus>,
    pub team_ids: TeamIds,
}

/// The membership of a tenant as it was when it was read. Whoever changes it on the strength of what they have read writes the
/// roster over this state, so of two such changes at once only the first goes through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    state: Option<String>,
}

impl TenantTable {
    /// To be read before the users that a decision depends on.
    pub async fn roster(&self) -> Result<Roster, TableError> {
        let item = self.get(&self.keys().roster()).await?;
        let state = item.as_ref().and_then(|item| ItemReader::new(item).optional_text("state"));
        Ok(Roster { state: state.map(str::to_owned) })
    }
}

impl Transaction<'_> {
    /// Demands that the membership is still as it was when `roster` was read, and moves it on.
    pub fn move_roster(self, roster: &Roster, ambient: &dyn Ambient) -> Self {
        let mut random = [0; 16];
        ambient.fill(&mut random);
        let next = format!("{:032x}", u128::from_be_bytes(random));
        let item = ItemBuilder::new(&self.keys().roster()).text("state", next).build();
        let put = Put::builder().table_name(self.table_name()).set_item(Some(item));
        let put = match &roster.state {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(state) => put
                .condition_expression("#state = :state")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":state", AttributeValue::S(state.clone())),
        };
        self.push(put.build().map(|put| TransactWriteItem::builder().put(put)))
    }

    /// Writes the first identity of a user; `sub` must not have one.
    pub fn put_new_identity(self, sub: &str, identity: &Identity) -> Self {
        let put = Put::builder()
            .table_name(self.table_name())
            .set_item(Some(identity_item(self.tenant(), sub, identity)))
            .condition_expression("attribute_not_exists(pk)");
        self.push(put.build().map(|put| TransactWriteItem::builder().put(put)))
    }

    /// Changes a user's identity, which must be there, and ends all of the user's sessions.
    pub fn change_identity(self, sub: &str, change: &IdentityChange) -> Self {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let mut set = String::from("SET #role = :role");
        let mut update = Update::builder()
            .table_name(self.table_name())
            .set_key(Some(attributes(&key(self.tenant().as_str(), sub))))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#role", "role")
            .expression_attribute_values(":role", text(change.role.as_str()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
        if let Some(status) = change.status {
            set += ", #status = :status";
            update = update
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":status", text(status.as_str()));
        }
        let remove = if let Some(team_ids) = change.team_ids.to_text() {
            set += ", team_ids = :team_ids";
            update = update.expression_attribute_values(":team_ids", text(&team_ids));
            ""
        } else {
            " REMOVE team_ids"
        };
        let update = update.update_expression(format!("{set}{remove} ADD session_epoch :one"));
        self.push(update.build().map(|update| TransactWriteItem::builder().update(update)))
    }
}

impl IdentityTable {
    /// How each of `subs` stands, strongly consistent; those without a row are left out.
    pub async fn statuses(
        &self,
        tenant: &TenantId,
        subs: &[&str],
    ) -> Result<Vec<(String, IdentityStatus)>, TableError> {
        let mut found = Vec::with_capacity(subs.len());
        for chunk in subs.chunks(100) {
            let keys: Vec<_> = chunk.iter().map(|sub| key(tenant.as_str(), sub)).collect();
            for item in self.batch(&keys).await? {
                let row = ItemReader::new(&item);
                let read = || Ok((row.sort()?.to_owned(), row.parsed("status", IdentityStatus::parse)?));
                found.push(read().map_err(|error: crate::MalformedItem| TableError::Other(Box::new(error)))?);
            }
        }
        Ok(found)
    }

    /// Notes that an invited user has come in. Nothing happens to one who is past that.
    pub async fn accept(&self, claim: &ClaimedTenant, sub: &str) -> Result<(), TableError> {
        let text = |status: IdentityStatus| AttributeValue::S(status.as_str().to_owned());
        let outcome = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(attributes(&key(claim.as_str(), sub))))
            .update_expression("SET #status = :active")
            .condition_expression("#status = :invited")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":active", text(IdentityStatus::Active))
            .expression_attribute_values(":invited", text(IdentityStatus::Invited))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify);
        match outcome {
            Ok(answer) => {
                record_write(answer.consumed_capacity.as_slice());
                Ok(())
            }
            Err(TableError::ConditionFailed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

//! The end of sessions: of one by its id, of all that a user has by raising the epoch.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValue};
use kernel::{ClaimedTenant, TenantId, UserId, UtcTime};

use crate::{
    capacity::{record_read, record_write},
    error::{TableError, classify},
    identity::{IdentityTable, Standing, key},
    item::{Item, ItemBuilder, ItemReader, MalformedItem},
    key::Key,
    standing::{TENANT_ROW, TenantStatus},
    tenant_table::attributes,
};

/// Marks the partition of sessions that have ended, so that the role which ends one cannot write an identity.
const ENDED: &str = "#ENDED";
const PREFIX: &str = "IDENTITY#";

impl IdentityTable {
    /// As [`IdentityTable::find`]; `None` also where `session` has ended. One read, whichever it is.
    pub async fn find_in_session(
        &self,
        claim: &ClaimedTenant,
        sub: &str,
        session: &str,
    ) -> Result<Option<Standing>, TableError> {
        let ended = ended_key(claim.as_str(), session);
        let keys = [key(claim.as_str(), sub), key(claim.as_str(), TENANT_ROW), ended.clone()];
        let items = self.batch(&keys).await?;
        let is_end =
            |item: &Item| ItemReader::new(item).partition().is_ok_and(|found| found == ended.partition);
        if items.iter().any(is_end) {
            return Ok(None);
        }
        Self::standing_of(&items, sub)
    }

    /// Ends `session`: its tokens no longer pass, and no longer would at `until` anyway.
    pub async fn end_session(
        &self,
        tenant: &TenantId,
        session: &str,
        until: UtcTime,
    ) -> Result<(), TableError> {
        self.put_item(ItemBuilder::new(&ended_key(tenant.as_str(), session)).expires_at(until).build()).await
    }

    /// Ends every session of the user: tokens carry the epoch that they were issued in. Gives the new one;
    /// [`TableError::ConditionFailed`] where the tenant has no such user.
    pub async fn raise_epoch(&self, tenant: &TenantId, sub: &str) -> Result<i64, TableError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(attributes(&key(tenant.as_str(), sub))))
            .update_expression("ADD session_epoch :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        let item = answer.attributes.unwrap_or_default();
        ItemReader::new(&item).number("session_epoch").map_err(|error| TableError::Other(Box::new(error)))
    }

    /// All users of the tenant, whether they may come in or not.
    pub async fn users(&self, tenant: &TenantId) -> Result<Vec<UserId>, TableError> {
        let partition = key(tenant.as_str(), TENANT_ROW).partition;
        let mut users = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("pk = :partition")
                .expression_attribute_values(":partition", AttributeValue::S(partition.clone()))
                .set_exclusive_start_key(start)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(classify)?;
            record_read(answer.consumed_capacity.as_slice());
            let items = answer.items.unwrap_or_default();
            users.extend(
                items.iter().filter_map(|item| {
                    ItemReader::new(item).optional_text("user_id").and_then(UserId::parse)
                }),
            );
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(users);
            }
        }
    }
}

/// Who has lost access by a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    User(UserId),
    /// Everybody of the tenant.
    Tenant,
}

/// Whose identities a partition key holds; `None` for any other partition.
#[must_use]
pub fn tenant_of_identities(partition: &str) -> Option<&str> {
    partition.strip_prefix(PREFIX).filter(|tenant| !tenant.contains('#'))
}

/// Whom the change of an identity row from `old` to `new` (`None` where it was removed) has cost what they had: a user whose
/// epoch, status or role is another, or all of a tenant that is no longer active or from now on demands a second factor.
pub fn revocation_of(old: &Item, new: Option<&Item>) -> Result<Option<Revocation>, MalformedItem> {
    let old = ItemReader::new(old);
    let new = new.map(ItemReader::new);
    if old.sort()? == TENANT_ROW {
        let active = |row: ItemReader<'_>| row.optional_text("status") == Some(TenantStatus::Active.as_str());
        let open = |row: ItemReader<'_>| row.optional_text("mfa_required").is_none();
        let suspended = active(old) && !new.is_some_and(active);
        // Who has a second factor comes back at once, with another ticket.
        let demanding = open(old) && !new.is_some_and(open);
        return Ok((suspended || demanding).then_some(Revocation::Tenant));
    }
    let same = new.is_some_and(|new| {
        old.optional_number("session_epoch") == new.optional_number("session_epoch")
            && ["status", "role"].iter().all(|name| old.optional_text(name) == new.optional_text(name))
    });
    Ok(if same { None } else { Some(Revocation::User(old.parsed("user_id", UserId::parse)?)) })
}

fn ended_key(tenant: &str, session: &str) -> Key {
    Key { partition: format!("{PREFIX}{tenant}{ENDED}"), sort: session.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(status: &str, role: &str, epoch: i64) -> Item {
        ItemBuilder::new(&key("tnt_a", "sub-1"))
            .text("user_id", "usr_01jd0000000000000000000000")
            .text("status", status)
            .text("role", role)
            .number("session_epoch", epoch)
            .build()
    }

    fn tenant(status: &str, name: &str) -> Item {
        ItemBuilder::new(&key("tnt_a", TENANT_ROW)).text("status", status).text("name", name).build()
    }

    #[test]
    fn epoch_status_and_role_count_and_a_removed_user_is_out() {
        let old = user("active", "rep", 1);
        let revoked = Some(Revocation::User(UserId::parse("usr_01jd0000000000000000000000").unwrap()));
        for new in [user("active", "rep", 2), user("disabled", "rep", 1), user("active", "admin", 1)] {
            assert_eq!(revocation_of(&old, Some(&new)).unwrap(), revoked);
        }
        assert_eq!(revocation_of(&old, None).unwrap(), revoked);
        let mut other = old.clone();
        other.insert("mfa".to_owned(), AttributeValue::S("totp".to_owned()));
        assert_eq!(revocation_of(&old, Some(&other)).unwrap(), None);
    }

    #[test]
    fn a_tenant_that_is_suspended_loses_everybody_and_one_that_is_renamed_nobody() {
        let (active, suspended) = (tenant("active", "A"), tenant("suspended", "A"));
        assert_eq!(revocation_of(&active, Some(&suspended)).unwrap(), Some(Revocation::Tenant));
        assert_eq!(revocation_of(&active, None).unwrap(), Some(Revocation::Tenant));
        assert_eq!(revocation_of(&active, Some(&tenant("active", "B"))).unwrap(), None);
        assert_eq!(revocation_of(&suspended, Some(&active)).unwrap(), None);
    }

    #[test]
    fn a_tenant_that_begins_to_demand_a_second_factor_loses_everybody() {
        let lenient = tenant("active", "A");
        let mut strict = lenient.clone();
        strict.insert("mfa_required".to_owned(), AttributeValue::S("true".to_owned()));
        assert_eq!(revocation_of(&lenient, Some(&strict)).unwrap(), Some(Revocation::Tenant));
        assert_eq!(revocation_of(&strict, Some(&lenient)).unwrap(), None);
        assert_eq!(revocation_of(&strict, Some(&strict)).unwrap(), None);
    }

    #[test]
    fn ended_sessions_stand_apart_from_identities() {
        assert_eq!(tenant_of_identities("IDENTITY#tnt_a"), Some("tnt_a"));
        for other in ["IDENTITY#tnt_a#ENDED", "T#tnt_a#USER", ""] {
            assert_eq!(tenant_of_identities(other), None, "{other}");
        }
    }
}

//! Which second factor a user has, noted where tokens are issued and requests let through.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use kernel::{ClaimedTenant, TenantId};

use crate::{
    capacity::record_write,
    error::{TableError, classify},
    identity::{FACTOR, IdentityTable, TOTP, key},
    tenant_table::attributes,
};

impl IdentityTable {
    /// Notes that signing in asks the user for a code; [`TableError::ConditionFailed`] where the tenant has no such user.
    pub async fn note_factor(&self, tenant: &TenantId, sub: &str) -> Result<(), TableError> {
        self.set_factor(tenant.as_str(), sub, true).await
    }

    /// As [`IdentityTable::note_factor`], by the token trigger, which the pool has told of both.
    pub async fn note_factor_found(&self, claim: &ClaimedTenant, sub: &str) -> Result<(), TableError> {
        self.set_factor(claim.as_str(), sub, true).await
    }

    /// Notes that the user has no second factor; to be written before the pool stops asking for one, so that a failure between
    /// the two lets nobody in.
    pub async fn forget_factor(&self, tenant: &TenantId, sub: &str) -> Result<(), TableError> {
        self.set_factor(tenant.as_str(), sub, false).await
    }

    async fn set_factor(&self, tenant: &str, sub: &str, held: bool) -> Result<(), TableError> {
        let change = if held { "SET #factor = :totp" } else { "REMOVE #factor" };
        let totp = held.then(|| [(":totp".to_owned(), AttributeValue::S(TOTP.to_owned()))].into());
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(attributes(&key(tenant, sub))))
            .update_expression(change)
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#factor", FACTOR)
            .set_expression_attribute_values(totp)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        Ok(())
    }
}

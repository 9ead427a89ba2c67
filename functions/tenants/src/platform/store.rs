//! The rows that make a tenant one.

use kernel::{ClaimedTenant, Failure};
use table::{TableError, TenantStanding};
use tenancy::TenantScope;

use crate::tenant::{Tenant, tenant_item};

/// Writes a tenant that is not there yet: its keys, its own row, and the one that lets its people in.
pub(super) async fn insert(
    scope: &TenantScope,
    tenant: &Tenant,
    standing: &TenantStanding,
) -> Result<(), Failure> {
    // Keys that nobody uses do no harm, a tenant without keys would.
    scope.ensure_keys().await?;
    let table = &scope.table;
    let transaction = table.transaction().put_new(tenant_item(table.keys(), tenant));
    Ok(transaction.put_new_standing(standing).commit().await?)
}

pub(super) async fn find(scope: &TenantScope, id: &ClaimedTenant) -> Result<TenantStanding, Failure> {
    scope.table.identities().tenant(id).await?.ok_or(Failure::NotFound("tenant"))
}

/// Writes `next` over the state at `version`; [`Failure::Stale`] where it is another by now.
pub(super) async fn replace(scope: &TenantScope, next: &TenantStanding, version: i64) -> Result<(), Failure> {
    match scope.table.identities().put_tenant(scope.table.tenant(), next, version).await {
        Err(TableError::ConditionFailed { .. }) => Err(Failure::Stale),
        other => Ok(other?),
    }
}

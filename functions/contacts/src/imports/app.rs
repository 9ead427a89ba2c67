use std::sync::Arc;

use kernel::{Ambient, Failure};
use lambda::Environment;
use objects::TenantObjects;
use outbox::Queue;
use tenancy::{DataRole, TenantScope};

/// What the routes of imports are built from.
pub struct ImportsApp {
    pub(super) data: DataRole,
    pub(super) bucket: String,
    /// Of the worker; only where imports are started.
    pub(super) queue: Option<Queue>,
    pub(super) ambient: Arc<dyn Ambient>,
}

impl ImportsApp {
    /// Under which the tenant's rows are touched.
    #[must_use]
    pub fn data(&self) -> &DataRole {
        &self.data
    }

    /// Needs `IMPORTS_BUCKET`, and `IMPORT_QUEUE_URL` where imports are started, beside what every function of a tenant has.
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let queue = match Environment::optional("IMPORT_QUEUE_URL") {
            Some(_) => Some(Environment::queue("IMPORT_QUEUE_URL").await),
            None => None,
        };
        Self {
            ambient: data.installation().ambient.clone(),
            data,
            bucket: Environment::required("IMPORTS_BUCKET"),
            queue,
        }
    }

    pub(super) fn files(&self, scope: &TenantScope) -> Result<TenantObjects, Failure> {
        files_of(scope, &self.bucket)
    }
}

/// The tenant's files, under its own credentials.
pub(super) fn files_of(scope: &TenantScope, bucket: &str) -> Result<TenantObjects, Failure> {
    let sdk = scope.sdk().ok_or_else(|| Failure::internal("the scope has no credentials"))?;
    Ok(TenantObjects::new(sdk, bucket, scope.table.tenant().clone()))
}

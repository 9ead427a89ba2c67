use std::sync::Arc;

use kernel::Ambient;
use lambda::Environment;
use tenancy::DataRole;

/// What the functions of this domain are built from, once per environment.
pub struct App {
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
}

impl App {
    /// Under which the tenant's rows are touched.
    #[must_use]
    pub fn data(&self) -> &DataRole {
        &self.data
    }

    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let ambient = data.installation().ambient.clone();
        Self { data, ambient }
    }
}

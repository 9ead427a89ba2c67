use lambda::Environment;
use tenancy::DataRole;

/// What the functions that work on one tenant's rows are built from, once per environment.
pub struct App {
    pub(crate) data: DataRole,
}

impl App {
    pub async fn from_environment() -> Self {
        Self { data: Environment::data_role().await }
    }
}

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use kernel::Ambient;
use lambda::Environment;
use mail::Mailer;
use outbox::Queue;
use table::ThrottleTable;
use tenancy::DataRole;

use crate::users::{invitation_limit::InvitationLimit, pool::UserPool};

/// What the functions that work on one tenant's rows are built from, once per environment.
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

/// What making tenants is built from: the first admin of one is invited.
pub struct PlatformApp {
    pub(crate) inviting: InvitationApp,
    /// Where new tenants' data lies: where this function runs.
    pub(crate) region: String,
}

impl PlatformApp {
    /// Under which the tenant's rows are touched.
    #[must_use]
    pub fn data(&self) -> &DataRole {
        &self.inviting.app.data
    }

    pub async fn from_environment() -> Self {
        let inviting = InvitationApp::from_environment().await;
        let region = inviting.app.data.installation().sdk.region().map(ToString::to_string);
        Self { inviting, region: region.unwrap_or_default() }
    }
}

/// What inviting is built from: beside the rows, the user pool and a way to send mail.
pub struct InvitationApp {
    pub(crate) app: App,
    pub(crate) pool: UserPool,
    pub(crate) mail: Mailer,
    pub(crate) limit: InvitationLimit,
}

impl InvitationApp {
    /// Under which the tenant's rows are touched.
    #[must_use]
    pub fn data(&self) -> &DataRole {
        &self.app.data
    }

    pub async fn from_environment() -> Self {
        let sdk = Environment::sdk_config().await;
        let app = App::from_environment().await;
        let throttle = ThrottleTable::new(Client::new(&sdk), app.data.installation().table_name.clone());
        Self {
            app,
            limit: InvitationLimit(throttle),
            pool: UserPool::new(&sdk, Environment::required("USER_POOL_ID")),
            mail: Mailer::new(&sdk, Environment::required("MAIL_SENDER")),
        }
    }
}

/// What one's own account is built from: beside the rows, the user pool, which knows about second factors.
pub struct AccountApp {
    pub(crate) app: App,
    pub(crate) pool: UserPool,
}

impl AccountApp {
    pub async fn from_environment() -> Self {
        let sdk = Environment::sdk_config().await;
        Self {
            app: App::from_environment().await,
            pool: UserPool::new(&sdk, Environment::required("USER_POOL_ID")),
        }
    }
}

/// What deactivating is built from: beside the rows, the user pool and the queue of those whose records need another owner.
pub struct DeactivationApp {
    pub(crate) app: App,
    pub(crate) pool: UserPool,
    pub(crate) reassignments: Queue,
}

impl DeactivationApp {
    pub async fn from_environment() -> Self {
        let sdk = Environment::sdk_config().await;
        Self {
            app: App::from_environment().await,
            pool: UserPool::new(&sdk, Environment::required("USER_POOL_ID")),
            reassignments: Environment::queue("REASSIGN_QUEUE_URL").await,
        }
    }
}

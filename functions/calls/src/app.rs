use std::sync::Arc;

use kernel::{Ambient, Failure};
use lambda::Environment;
use objects::TenantObjects;
use outbox::Queue;
use tenancy::{ClaimRole, DataRole, TenantScope};

use crate::{dialer::Dialer, twilio::TwilioDialer};

/// The variable with the URL of the queue to the worker that fetches recordings.
pub(crate) const RECORDING_QUEUE: &str = "RECORDING_QUEUE_URL";

/// What the routes for users are built from.
pub struct App {
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
    /// Only where the function places calls.
    pub(crate) dialer: Option<Box<dyn Dialer>>,
    pub(crate) public_url: String,
    /// Only where the function reaches recordings.
    bucket: Option<String>,
}

impl App {
    /// Under which the tenant's rows are touched.
    #[must_use]
    pub fn data(&self) -> &DataRole {
        &self.data
    }

    pub(crate) fn dialer(&self) -> Result<&dyn Dialer, Failure> {
        self.dialer.as_deref().ok_or_else(|| Failure::internal("this function has no dialer"))
    }

    /// The tenant's objects, of which the role opens the recordings.
    pub(crate) fn objects(&self, scope: &TenantScope) -> Result<TenantObjects, Failure> {
        let bucket =
            self.bucket.as_deref().ok_or_else(|| Failure::internal("this function has no bucket"))?;
        objects_of(scope, bucket)
    }

    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let ambient = data.installation().ambient.clone();
        let public_url = Environment::optional("PUBLIC_API_URL").unwrap_or_default();
        let bucket = Environment::optional("OBJECTS_BUCKET");
        Self { data, ambient, dialer: dialer(), public_url, bucket }
    }
}

fn dialer() -> Option<Box<dyn Dialer>> {
    Environment::optional("TWILIO_API_URL").map(|url| Box::new(TwilioDialer::new(url)) as Box<dyn Dialer>)
}

pub(crate) fn objects_of(scope: &TenantScope, bucket: &str) -> Result<TenantObjects, Failure> {
    let sdk = scope.sdk().ok_or_else(|| Failure::internal("the scope has no credentials"))?;
    Ok(TenantObjects::new(sdk, bucket, scope.table.tenant().clone()))
}

/// What the provider's webhooks are built from: a role that reads the secret, another for after it has proved the sender.
pub struct WebhookApp {
    pub(crate) claims: ClaimRole,
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
    pub(crate) public_url: String,
    /// Only where the function tells the provider something beside its answer.
    pub(crate) dialer: Option<Box<dyn Dialer>>,
    /// Only where the function hears of recordings.
    recordings: Option<Queue>,
}

impl WebhookApp {
    /// To the worker that fetches recordings.
    pub(crate) fn recordings(&self) -> Result<&Queue, Failure> {
        self.recordings.as_ref().ok_or_else(|| Failure::internal("this function has no queue"))
    }

    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        Self {
            claims: Environment::claim_role(data.installation().clone()),
            ambient: data.installation().ambient.clone(),
            data,
            public_url: Environment::required("PUBLIC_API_URL"),
            dialer: dialer(),
            recordings: match Environment::optional(RECORDING_QUEUE) {
                Some(_) => Some(Environment::queue(RECORDING_QUEUE).await),
                None => None,
            },
        }
    }
}

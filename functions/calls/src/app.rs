use std::sync::Arc;

use kernel::{Ambient, Failure};
use lambda::Environment;
use tenancy::{ClaimRole, DataRole};

use crate::{dialer::Dialer, twilio::TwilioDialer};

/// What the routes for users are built from.
pub struct App {
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
    /// Only where the function places calls.
    pub(crate) dialer: Option<Box<dyn Dialer>>,
    pub(crate) public_url: String,
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

    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let ambient = data.installation().ambient.clone();
        let dialer = Environment::optional("TWILIO_API_URL")
            .map(|url| Box::new(TwilioDialer::new(url)) as Box<dyn Dialer>);
        let public_url = Environment::optional("PUBLIC_API_URL").unwrap_or_default();
        Self { data, ambient, dialer, public_url }
    }
}

/// What the provider's webhooks are built from: a role that reads the secret, another for after it has proved the sender.
pub struct WebhookApp {
    pub(crate) claims: ClaimRole,
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
    pub(crate) public_url: String,
}

impl WebhookApp {
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        Self {
            claims: Environment::claim_role(data.installation().clone()),
            ambient: data.installation().ambient.clone(),
            data,
            public_url: Environment::required("PUBLIC_API_URL"),
        }
    }
}

//! The environment variables of a function; docs/ARCHITECTURE.md lists which function gets which.

use std::sync::Arc;

use kernel::SystemAmbient;
use outbox::Queue;
use tenancy::{ClaimRole, DataRole, Installation};

/// Reads the environment once, during init. A variable that the template forgot stops the function there, by name.
#[derive(Debug, Clone, Copy)]
pub struct Environment;

impl Environment {
    /// The function's key, from the `Handler` property of the template.
    #[must_use]
    pub fn function() -> &'static str {
        Self::required("_HANDLER").leak()
    }

    /// # Panics
    /// Where the variable is missing: the deployment is broken, and init is the place to say so.
    #[must_use]
    pub fn required(name: &str) -> String {
        Self::optional(name).unwrap_or_else(|| panic!("the environment variable {name} is not set"))
    }

    /// `None` where it is missing or empty.
    #[must_use]
    pub fn optional(name: &str) -> Option<String> {
        #[expect(clippy::disallowed_methods, reason = "this is where the environment enters")]
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    /// Region, endpoint and the function's own credentials.
    pub async fn sdk_config() -> aws_config::SdkConfig {
        Installation::sdk_config().await
    }

    /// The table and key of this installation, under the function's own credentials. Functions that unseal nothing are told
    /// no key.
    pub async fn installation() -> Installation {
        Installation {
            sdk: Self::sdk_config().await,
            table_name: Self::required("TABLE_NAME"),
            data_key_arn: Self::optional("DATA_KEY_ARN").unwrap_or_default(),
            ambient: Arc::new(SystemAmbient),
        }
    }

    /// The role under which this function touches the rows of a verified tenant.
    pub async fn data_role() -> DataRole {
        DataRole::new(Self::installation().await, Self::required("DATA_ROLE_ARN"))
    }

    /// The queue whose URL stands in the variable `name`.
    pub async fn queue(name: &str) -> Queue {
        Queue::new(aws_sdk_sqs::Client::new(&Self::sdk_config().await), Self::required(name))
    }

    /// The role for what has to be read before verification.
    #[must_use]
    pub fn claim_role(installation: Installation) -> ClaimRole {
        ClaimRole::new(installation, Self::required("CLAIM_ROLE_ARN"))
    }
}

//! Writing to open sockets through the gateway's management API.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_apigatewaymanagement::{
    Client,
    config::Builder,
    operation::{delete_connection::DeleteConnectionError, post_to_connection::PostToConnectionError},
    primitives::Blob,
};
use kernel::failure::{BoxError, Failure};

/// One socket that does not answer must not hold up a batch of the dispatcher.
const PATIENCE: Duration = Duration::from_millis(400);

/// The sockets of this installation.
#[derive(Debug, Clone)]
pub struct Sockets {
    client: Client,
}

#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The other end is gone for good.
    #[error("the socket is gone")]
    Gone,
    /// The gateway takes no more calls just now, for whichever socket.
    #[error("the gateway is throttled")]
    Throttled,
    #[error("the socket did not take the frame")]
    Failed(#[source] BoxError),
}

impl From<PushError> for Failure {
    fn from(error: PushError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl Sockets {
    #[must_use]
    pub fn new(sdk: &SdkConfig, management_url: &str) -> Self {
        let timeouts =
            TimeoutConfig::builder().connect_timeout(PATIENCE).operation_attempt_timeout(PATIENCE).build();
        let config = Builder::from(sdk)
            .endpoint_url(management_url)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(2));
        Self { client: Client::from_conf(config.build()) }
    }

    /// Closes a socket from this side.
    pub async fn close(&self, connection: &str) -> Result<(), PushError> {
        let request = self.client.delete_connection().connection_id(connection);
        request.send().await.map(|_| ()).map_err(|error| {
            if error.as_service_error().is_some_and(DeleteConnectionError::is_gone_exception) {
                PushError::Gone
            } else {
                PushError::Failed(Box::new(error))
            }
        })
    }

    /// Sends one text frame.
    pub async fn push(&self, connection: &str, frame: &[u8]) -> Result<(), PushError> {
        let request = self.client.post_to_connection().connection_id(connection).data(Blob::new(frame));
        request.send().await.map(|_| ()).map_err(|error| match error.as_service_error() {
            Some(PostToConnectionError::GoneException(_)) => PushError::Gone,
            Some(PostToConnectionError::LimitExceededException(_)) => PushError::Throttled,
            _ => PushError::Failed(Box::new(error)),
        })
    }
}

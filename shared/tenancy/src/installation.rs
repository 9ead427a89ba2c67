//! What one deployment of the system is made of, as far as opening a tenant needs it.

use std::sync::Arc;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::tls;
use kernel::Ambient;

/// The table, the KMS key, the way to AWS, and time and randomness.
#[derive(Clone)]
pub struct Installation {
    pub sdk: SdkConfig,
    pub table_name: String,
    pub data_key_arn: String,
    pub ambient: Arc<dyn Ambient>,
}

impl Installation {
    /// Region, endpoint and the function's own credentials from the environment. One HTTP client for all services and
    /// tenants: connections outlive the scopes that use them.
    pub async fn sdk_config() -> SdkConfig {
        let seconds = std::time::Duration::from_secs;
        let https = aws_smithy_http_client::Builder::new()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
            .build_https();
        aws_config::defaults(BehaviorVersion::latest())
            .http_client(https)
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(seconds(2))
                    .operation_attempt_timeout(seconds(5))
                    .build(),
            )
            .load()
            .await
    }
}

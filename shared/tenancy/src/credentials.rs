//! Credentials of a data role, tagged with one tenant.

use aws_config::{SdkConfig, identity::IdentityCache, sts::AssumeRoleProvider};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use kernel::meter::{self, Count};

use std::time::Duration;

/// Role chaining allows an hour at most.
const LIFETIME: Duration = Duration::from_hours(1);
/// Asked for again this long before they end, so that no request meets expired ones.
const RENEWAL: Duration = Duration::from_mins(10);

/// The installation's configuration with credentials of `role_arn` under the session tag `tenant`. All clients made from
/// it share the credentials, which are asked for at the first use.
pub(crate) async fn tagged_with_tenant(sdk: &SdkConfig, role_arn: &str, tenant: &str) -> SdkConfig {
    let provider = AssumeRoleProvider::builder(role_arn)
        .session_name(format!("data-{tenant}"))
        .session_length(LIFETIME)
        .tags([("tenant", tenant)])
        .configure(sdk);
    let inner = match sdk.credentials_provider() {
        Some(own) => provider.build_from_provider(own).await,
        None => provider.build().await,
    };
    sdk.to_builder()
        .credentials_provider(SharedCredentialsProvider::new(Counted { inner }))
        .identity_cache(IdentityCache::lazy().buffer_time(RENEWAL).build())
        .build()
}

#[derive(Debug)]
struct Counted {
    inner: AssumeRoleProvider,
}

impl ProvideCredentials for Counted {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        meter::add(Count::StsCalls, 1);
        self.inner.provide_credentials()
    }
}

use kernel::{Failure, failure::BoxError};

/// What stopped provisioning, and where.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    #[error("{0} is no tenant id: tnt_ followed by lower-case letters, digits and hyphens")]
    TenantId(String),
    #[error("there is no tenant {0}")]
    NoSuchTenant(String),
    #[error("the operators' own tenant cannot be suspended: nobody could resume it")]
    PlatformTenant,
    #[error("{0} is being changed by somebody else; try again")]
    Contended(String),
    #[error("the tenant's rows could not be written")]
    Rows(#[from] Failure),
    #[error("the user pool refused")]
    Pool(#[source] BoxError),
    #[error("{0} is a user of another tenant")]
    OtherTenants(String),
    #[error("a seeded user cannot sign in")]
    SignIn(#[source] BoxError),
    #[error("the telephony provider refused")]
    Telephony(#[source] BoxError),
    #[error("{path} cannot be used")]
    File {
        path: String,
        #[source]
        source: BoxError,
    },
}

impl From<table::TableError> for ProvisionError {
    fn from(error: table::TableError) -> Self {
        Self::Rows(error.into())
    }
}

//! What is too large for an item, as objects in S3. Every name is put behind the tenant's own prefix, which the data roles' policies
//! compare with the session's tag.

use std::fmt;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation},
    error::{ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
};
use kernel::{Failure, TenantId, failure::BoxError};

/// The store of objects did not do what it was asked to; nothing is known of the object.
#[derive(Debug, thiserror::Error)]
#[error("the object store did not answer as it should")]
pub struct ObjectError(#[source] BoxError);

impl From<ObjectError> for Failure {
    fn from(error: ObjectError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

/// One tenant's objects. Names are unique within the tenant; what is in an object is the caller's to seal.
#[async_trait]
pub trait Objects: Send + Sync {
    /// `None` where there is no such object.
    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectError>;

    /// Writes an object, whatever stood there.
    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), ObjectError>;

    /// Removes an object; one that is not there is no error.
    async fn delete(&self, name: &str) -> Result<(), ObjectError>;
}

/// In a bucket.
#[derive(Clone)]
pub struct TenantObjects {
    client: Client,
    bucket: String,
    tenant: TenantId,
}

impl fmt::Debug for TenantObjects {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TenantObjects({} in {})", self.tenant, self.bucket)
    }
}

impl TenantObjects {
    /// `sdk` must hold credentials tagged with `tenant`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>, tenant: TenantId) -> Self {
        // What we store is sealed and carries its own tag; checksums on top would be computed twice.
        let config = Builder::from(sdk)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Self { client: Client::from_conf(config), bucket: bucket.into(), tenant }
    }

    fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.tenant)
    }
}

#[async_trait]
impl Objects for TenantObjects {
    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectError> {
        let answer = self.client.get_object().bucket(&self.bucket).key(self.key(name)).send().await;
        match answer {
            Ok(object) => {
                let bytes = object.body.collect().await.map_err(|error| ObjectError(Box::new(error)))?;
                Ok(Some(bytes.into_bytes().to_vec()))
            }
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(ObjectError(Box::new(error))),
        }
    }

    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), ObjectError> {
        let put = self.client.put_object().bucket(&self.bucket).key(self.key(name));
        put.body(ByteStream::from(bytes)).send().await.map_err(|error| ObjectError(Box::new(error)))?;
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        let delete = self.client.delete_object().bucket(&self.bucket).key(self.key(name));
        delete.send().await.map_err(|error| ObjectError(Box::new(error)))?;
        Ok(())
    }
}

fn is_missing<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("NoSuchKey")
}

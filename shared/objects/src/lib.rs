//! What is too large for an item, as objects in S3. Every name is put behind the tenant's own prefix, which the data roles' policies
//! compare with the session's tag.

mod join;
mod link;
mod stream;

use std::{fmt, time::Duration};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation},
    error::{ProvideErrorMetadata, SdkError},
    operation::head_object::HeadObjectError,
    presigning::PresigningConfig,
    primitives::ByteStream,
};
use kernel::{Failure, TenantId, failure::BoxError};

pub use link::Shown;
pub use stream::{Chunks, StreamError};

/// The store of objects did not do what it was asked to; nothing is known of the object.
#[derive(Debug, thiserror::Error)]
#[error("the object store did not answer as it should")]
pub struct ObjectError(#[source] pub(crate) BoxError);

impl From<ObjectError> for Failure {
    fn from(error: ObjectError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl ObjectError {
    #[must_use]
    pub fn of(error: impl Into<BoxError>) -> Self {
        Self(error.into())
    }
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFacts {
    /// In bytes.
    pub size: u64,
    /// Another one stands for another content.
    pub tag: String,
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

    /// The names of all objects that begin with `prefix`, in no order.
    async fn names(&self, prefix: &str) -> Result<Vec<String>, ObjectError>;

    /// `None` where there is no such object.
    async fn facts(&self, name: &str) -> Result<Option<ObjectFacts>, ObjectError>;

    /// The bytes of an object from `from` on, at most `length`; `from` has to lie within it. `None` where there is no such
    /// object any more, or one of another tag.
    async fn get_range(
        &self,
        name: &str,
        tag: &str,
        from: u64,
        length: u64,
    ) -> Result<Option<Vec<u8>>, ObjectError>;

    /// Writes an object of `head` and what stands in `names`, in their order, whatever stood there; where one of them is missing that
    /// is an error, and nothing is written. No more than a few megabytes are held at a time.
    async fn join(&self, head: Vec<u8>, names: &[String], into: &str) -> Result<(), ObjectError>;
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

    /// An address under which whoever has it may put an object of exactly `size` bytes, for as long as `lifetime` and the
    /// credentials last.
    pub async fn upload_url(&self, name: &str, size: i64, lifetime: Duration) -> Result<String, ObjectError> {
        let expiry = PresigningConfig::expires_in(lifetime).map_err(ObjectError::of)?;
        let put = self.client.put_object().bucket(&self.bucket).key(self.key(name)).content_length(size);
        Ok(put.presigned(expiry).await.map_err(ObjectError::of)?.uri().to_owned())
    }

    /// An address under which whoever has it may get the object, as a file called `file`.
    pub async fn download_url(
        &self,
        name: &str,
        (file, media_type): (&str, &str),
        lifetime: Duration,
    ) -> Result<String, ObjectError> {
        let expiry = PresigningConfig::expires_in(lifetime).map_err(ObjectError::of)?;
        let get = self.client.get_object().bucket(&self.bucket).key(self.key(name));
        let get = get
            .response_content_disposition(format!("attachment; filename=\"{file}\""))
            .response_content_type(media_type);
        Ok(get.presigned(expiry).await.map_err(ObjectError::of)?.uri().to_owned())
    }
}

#[async_trait]
impl Objects for TenantObjects {
    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectError> {
        let answer = self.client.get_object().bucket(&self.bucket).key(self.key(name)).send().await;
        match answer {
            Ok(object) => {
                let bytes = object.body.collect().await.map_err(ObjectError::of)?;
                Ok(Some(bytes.into_bytes().to_vec()))
            }
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(ObjectError::of(error)),
        }
    }

    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), ObjectError> {
        let put = self.client.put_object().bucket(&self.bucket).key(self.key(name));
        put.body(ByteStream::from(bytes)).send().await.map_err(ObjectError::of)?;
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        let delete = self.client.delete_object().bucket(&self.bucket).key(self.key(name));
        delete.send().await.map_err(ObjectError::of)?;
        Ok(())
    }

    async fn names(&self, prefix: &str) -> Result<Vec<String>, ObjectError> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(self.key(prefix));
        let mut pages = list.into_paginator().send();
        let (own, mut names) = (self.key(""), Vec::new());
        while let Some(page) = pages.next().await {
            let page = page.map_err(ObjectError::of)?;
            let keys = page.contents().iter().filter_map(|object| object.key()?.strip_prefix(&own));
            names.extend(keys.map(str::to_owned));
        }
        Ok(names)
    }

    async fn facts(&self, name: &str) -> Result<Option<ObjectFacts>, ObjectError> {
        let head = self.client.head_object().bucket(&self.bucket).key(self.key(name));
        match head.send().await {
            Ok(object) => Ok(Some(ObjectFacts {
                size: object.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
                tag: object.e_tag().unwrap_or_default().to_owned(),
            })),
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(None),
            Err(error) => Err(ObjectError::of(error)),
        }
    }

    async fn get_range(
        &self,
        name: &str,
        tag: &str,
        from: u64,
        length: u64,
    ) -> Result<Option<Vec<u8>>, ObjectError> {
        let last = from + length.saturating_sub(1);
        let get = self.client.get_object().bucket(&self.bucket).key(self.key(name));
        match get.if_match(tag).range(format!("bytes={from}-{last}")).send().await {
            Ok(object) => {
                let bytes = object.body.collect().await.map_err(ObjectError::of)?;
                Ok(Some(bytes.into_bytes().to_vec()))
            }
            Err(error) if is_missing(&error) || is_another(&error) => Ok(None),
            Err(error) => Err(ObjectError::of(error)),
        }
    }

    async fn join(&self, head: Vec<u8>, names: &[String], into: &str) -> Result<(), ObjectError> {
        join::join(self, head, names, into).await
    }
}

fn is_missing<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("NoSuchKey")
}

fn is_another<E>(error: &SdkError<E>) -> bool {
    error.raw_response().is_some_and(|answer| answer.status().as_u16() == 412)
}

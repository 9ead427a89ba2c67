//! Links to objects, for browsers.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;

use crate::{ObjectError, TenantObjects};

/// How a browser shows what is behind a link.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    pub content_type: &'a str,
    /// What it is called where it is saved; letters, digits and `._-` only.
    pub file_name: &'a str,
}

impl TenantObjects {
    /// A URL under which anybody reads the object for as long as `lifetime`, and as long as the session that signs it may; whether
    /// there is one does not matter. It is a secret, and goes nowhere but to whom it is for.
    pub async fn link(
        &self,
        name: &str,
        lifetime: Duration,
        shown: Shown<'_>,
    ) -> Result<String, ObjectError> {
        let signing = PresigningConfig::expires_in(lifetime).map_err(|error| ObjectError(Box::new(error)))?;
        let get = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(self.key(name))
            .response_content_type(shown.content_type)
            .response_content_disposition(format!("inline; filename=\"{}\"", shown.file_name))
            .response_cache_control("private, no-store");
        let signed = get.presigned(signing).await.map_err(|error| ObjectError(Box::new(error)))?;
        Ok(signed.uri().to_owned())
    }
}

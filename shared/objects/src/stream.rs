//! Objects that are written as they come, in flat memory.

use async_trait::async_trait;
use aws_sdk_s3::{
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};
use kernel::failure::{BoxError, Failure};

use crate::{ObjectError, TenantObjects};

/// S3 takes parts from 5 MiB on, but for the last.
const PART_BYTES: usize = 8 * 1024 * 1024;

/// Bytes in the order in which they come; `None` behind the last.
#[async_trait]
pub trait Chunks: Send {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BoxError>;
}

/// The object was not written.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    #[error("what was to be stored stopped coming")]
    Source(#[source] BoxError),
    #[error(transparent)]
    Store(#[from] ObjectError),
}

impl From<StreamError> for Failure {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Source(source) => Self::ProviderUnavailable(source),
            StreamError::Store(error) => error.into(),
        }
    }
}

impl TenantObjects {
    /// Writes what `source` gives, whatever stood there, and says how many bytes that was; the object is there as a whole or not
    /// at all. Holds one part of 8 MiB in memory, however much it is.
    pub async fn put_stream(
        &self,
        name: &str,
        content_type: &str,
        source: &mut dyn Chunks,
    ) -> Result<u64, StreamError> {
        let first = take_part(source).await?;
        if first.len() < PART_BYTES {
            let size = first.len() as u64;
            let put = self.client.put_object().bucket(&self.bucket).key(self.key(name));
            let put = put.content_type(content_type).body(ByteStream::from(first));
            put.send().await.map_err(|error| ObjectError(Box::new(error)))?;
            return Ok(size);
        }
        let begun = self.client.create_multipart_upload().bucket(&self.bucket).key(self.key(name));
        let begun = begun.content_type(content_type).send().await;
        let begun = begun.map_err(|error| ObjectError(Box::new(error)))?;
        let upload = Upload { objects: self, name, id: begun.upload_id().unwrap_or_default() };
        match upload.finish(first, source).await {
            Ok(size) => Ok(size),
            Err(error) => {
                // What cannot be called off the bucket forgets within a day.
                let _ = upload.call_off().await;
                Err(error)
            }
        }
    }
}

/// A whole part, or less of it where that is all.
async fn take_part(source: &mut dyn Chunks) -> Result<Vec<u8>, StreamError> {
    let mut part = Vec::new();
    while part.len() < PART_BYTES {
        match source.next().await.map_err(StreamError::Source)? {
            Some(chunk) => part.extend_from_slice(&chunk),
            None => break,
        }
    }
    Ok(part)
}

struct Upload<'a> {
    objects: &'a TenantObjects,
    name: &'a str,
    id: &'a str,
}

impl Upload<'_> {
    async fn finish(&self, first: Vec<u8>, source: &mut dyn Chunks) -> Result<u64, StreamError> {
        let (mut size, mut parts, mut part) = (0, Vec::new(), first);
        while !part.is_empty() {
            size += part.len() as u64;
            let number = i32::try_from(parts.len() + 1).unwrap_or(i32::MAX);
            parts.push(self.send(number, part).await?);
            part = take_part(source).await?;
        }
        let whole = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let complete = self.objects.client.complete_multipart_upload().bucket(&self.objects.bucket);
        let complete = complete.key(self.objects.key(self.name)).upload_id(self.id).multipart_upload(whole);
        complete.send().await.map_err(|error| ObjectError(Box::new(error)))?;
        Ok(size)
    }

    async fn send(&self, number: i32, bytes: Vec<u8>) -> Result<CompletedPart, ObjectError> {
        let part = self.objects.client.upload_part().bucket(&self.objects.bucket);
        let part = part.key(self.objects.key(self.name)).upload_id(self.id).part_number(number);
        let sent = part.body(ByteStream::from(bytes)).send().await;
        let sent = sent.map_err(|error| ObjectError(Box::new(error)))?;
        Ok(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag().map(str::to_owned)).build())
    }

    async fn call_off(&self) -> Result<(), ObjectError> {
        let abort = self.objects.client.abort_multipart_upload().bucket(&self.objects.bucket);
        let abort = abort.key(self.objects.key(self.name)).upload_id(self.id);
        abort.send().await.map_err(|error| ObjectError(Box::new(error)))?;
        Ok(())
    }
}

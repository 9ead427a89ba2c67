//! One object of many, with little of it in memory.

use aws_sdk_s3::{
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};

use crate::{ObjectError, Objects, TenantObjects};

/// S3 takes no smaller part but the last.
const PART_BYTES: usize = 5 * 1024 * 1024;

pub(crate) async fn join(
    objects: &TenantObjects,
    mut held: Vec<u8>,
    names: &[String],
    into: &str,
) -> Result<(), ObjectError> {
    let mut upload: Option<Upload<'_>> = None;
    for name in names {
        held.extend(objects.get(name).await?.unwrap_or_default());
        if held.len() >= PART_BYTES {
            let begun = match upload.take() {
                Some(begun) => begun,
                None => Upload::begin(objects, into).await?,
            };
            upload = Some(begun.add(std::mem::take(&mut held)).await?);
        }
    }
    match upload {
        None => objects.put(into, held).await,
        Some(begun) if held.is_empty() => begun.complete().await,
        Some(begun) => begun.add(held).await?.complete().await,
    }
}

/// What is begun and never completed is swept up by the bucket's rule.
struct Upload<'a> {
    objects: &'a TenantObjects,
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
}

impl<'a> Upload<'a> {
    async fn begin(objects: &'a TenantObjects, name: &str) -> Result<Self, ObjectError> {
        let key = objects.key(name);
        let begun = objects.client.create_multipart_upload().bucket(&objects.bucket).key(&key).send().await;
        let id = begun.map_err(ObjectError::of)?.upload_id.unwrap_or_default();
        Ok(Self { objects, key, id, parts: Vec::new() })
    }

    async fn add(mut self, bytes: Vec<u8>) -> Result<Self, ObjectError> {
        let number = i32::try_from(self.parts.len() + 1).map_err(ObjectError::of)?;
        let part = self.objects.client.upload_part().bucket(&self.objects.bucket).key(&self.key);
        let part = part.upload_id(&self.id).part_number(number).body(ByteStream::from(bytes)).send().await;
        let tag = part.map_err(ObjectError::of)?.e_tag;
        self.parts.push(CompletedPart::builder().part_number(number).set_e_tag(tag).build());
        Ok(self)
    }

    async fn complete(self) -> Result<(), ObjectError> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(self.parts)).build();
        let complete = self.objects.client.complete_multipart_upload().bucket(&self.objects.bucket);
        let complete = complete.key(self.key).upload_id(self.id).multipart_upload(parts);
        complete.send().await.map_err(ObjectError::of)?;
        Ok(())
    }
}

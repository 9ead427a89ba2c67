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
        let part = objects.get(name).await?;
        // Without it the object would look whole and not be.
        held.extend(part.ok_or_else(|| ObjectError::of("an object to be joined is missing"))?);
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_config::{BehaviorVersion, Region, SdkConfig};
    use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
    use aws_smithy_runtime_api::client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
    };
    use aws_smithy_types::body::SdkBody;
    use kernel::{ClaimedTenant, Provenance};

    use super::*;

    /// A store that holds `parts/0` only and notes the methods of what it is asked.
    #[derive(Debug, Clone, Default)]
    struct Store(Arc<Mutex<Vec<String>>>);

    impl HttpConnector for Store {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            self.0.lock().unwrap().push(request.method().to_owned());
            let (status, body) = match request.method() {
                "GET" if request.uri().contains("/parts/0") => (200, "a,b"),
                "GET" => (404, "<Error><Code>NoSuchKey</Code></Error>"),
                _ => (200, ""),
            };
            let status = u16::try_into(status).unwrap();
            HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
        }
    }

    #[tokio::test]
    async fn nothing_is_written_where_a_part_is_missing() {
        let store = Store::default();
        let connector = store.clone();
        let client = http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone()));
        let credentials = Credentials::new("id", "secret", None, None, "test");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(client)
            .build();
        #[expect(clippy::disallowed_methods, reason = "in a test, the test decides who is who")]
        let tenant = ClaimedTenant::parse("tnt_a").unwrap().vouch(Provenance::Operator);
        let objects = TenantObjects::new(&sdk, "bucket", tenant);
        let names = ["parts/0", "parts/1"].map(str::to_owned);
        assert!(objects.join(b"head".to_vec(), &names, "whole").await.is_err());
        assert_eq!(*store.0.lock().unwrap(), ["GET", "GET"]);
        objects.join(b"head".to_vec(), &names[..1], "whole").await.unwrap();
        assert_eq!(store.0.lock().unwrap()[2..], ["GET", "PUT"]);
    }
}

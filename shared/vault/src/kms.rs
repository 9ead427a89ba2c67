//! AWS KMS as the key provider.

use async_trait::async_trait;
use aws_sdk_kms::{Client, error::SdkError, primitives::Blob, types::DataKeySpec};
use kernel::meter::{self, Count};

use crate::provider::{GeneratedKey, KeyError, KeyKind, KeyProvider, PlainKey, WrappedKey};

/// One KMS key for the installation, a data key per tenant under it. The encryption context carries tenant, kind and
/// version; the data roles' policy compares its `tenant` with the session's tag.
#[derive(Debug, Clone)]
pub struct KmsKeyProvider {
    client: Client,
    key_arn: String,
}

impl KmsKeyProvider {
    #[must_use]
    pub fn new(client: Client, key_arn: impl Into<String>) -> Self {
        Self { client, key_arn: key_arn.into() }
    }
}

fn encryption_context(tenant: &str, kind: KeyKind, version: u16) -> [(String, String); 3] {
    [
        ("tenant".to_owned(), tenant.to_owned()),
        ("kind".to_owned(), kind.as_str().to_owned()),
        ("version".to_owned(), version.to_string()),
    ]
}

#[async_trait]
impl KeyProvider for KmsKeyProvider {
    async fn generate(&self, tenant: &str, kind: KeyKind, version: u16) -> Result<GeneratedKey, KeyError> {
        meter::add(Count::KmsCalls, 1);
        let answer = self
            .client
            .generate_data_key()
            .key_id(&self.key_arn)
            .key_spec(DataKeySpec::Aes256)
            .set_encryption_context(Some(encryption_context(tenant, kind, version).into()))
            .send()
            .await
            .map_err(classify)?;
        let plain = answer.plaintext.as_ref().and_then(|blob| PlainKey::from_bytes(blob.as_ref()));
        let ciphertext = answer.ciphertext_blob.map(Blob::into_inner);
        match (plain, ciphertext) {
            (Some(plain), Some(ciphertext)) => {
                Ok(GeneratedKey { plain, wrapped: WrappedKey { kind, version, ciphertext } })
            }
            _ => Err(KeyError::WrongSize),
        }
    }

    async fn unwrap(&self, tenant: &str, wrapped: &WrappedKey) -> Result<PlainKey, KeyError> {
        meter::add(Count::KmsCalls, 1);
        let answer = self
            .client
            .decrypt()
            .key_id(&self.key_arn)
            .ciphertext_blob(Blob::new(wrapped.ciphertext.clone()))
            .set_encryption_context(Some(encryption_context(tenant, wrapped.kind, wrapped.version).into()))
            .send()
            .await
            .map_err(classify)?;
        answer
            .plaintext
            .as_ref()
            .and_then(|blob| PlainKey::from_bytes(blob.as_ref()))
            .ok_or(KeyError::WrongSize)
    }
}

/// What the service itself answered is a refusal, unless it speaks of its own trouble; what never reached it is not.
fn classify<E>(error: SdkError<E>) -> KeyError
where
    E: std::error::Error + aws_sdk_kms::error::ProvideErrorMetadata + Send + Sync + 'static,
{
    let passing = [
        "KMSInternalException",
        "DependencyTimeoutException",
        "ThrottlingException",
        "LimitExceededException",
    ];
    let refused = error
        .as_service_error()
        .is_some_and(|service| service.code().is_none_or(|code| !passing.contains(&code)));
    if refused { KeyError::Refused(Box::new(error)) } else { KeyError::Unavailable(Box::new(error)) }
}

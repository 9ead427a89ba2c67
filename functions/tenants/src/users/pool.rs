//! The user pool, as far as inviting needs it. Who may do what there is IAM's to say: of these functions' roles, no others reach it.

use aws_config::SdkConfig;
use aws_sdk_cognitoidentityprovider::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{AttributeType, MessageActionType, UserStatusType, UserType},
};
use kernel::{Failure, SignInAddress, TenantId, failure::BoxError};

const TENANT_ATTRIBUTE: &str = "custom:tenant_id";

/// Somebody in the pool who has not been given a row yet.
pub struct PoolUser {
    pub sub: String,
    /// Left over from an invitation that broke off before the row was written; its password is not the one just asked for.
    pub found: bool,
}

pub struct UserPool {
    client: Client,
    pool_id: String,
}

impl UserPool {
    #[must_use]
    pub fn new(sdk: &SdkConfig, pool_id: String) -> Self {
        Self { client: Client::new(sdk), pool_id }
    }

    /// Makes a user with a temporary password. An address that is taken is refused in the same words whoever has it, unless it was
    /// left over by an invitation of this very tenant.
    pub async fn create(
        &self,
        tenant: &TenantId,
        address: &SignInAddress,
        password: &str,
    ) -> Result<PoolUser, Failure> {
        let values =
            [("email", address.as_str()), ("email_verified", "true"), (TENANT_ATTRIBUTE, tenant.as_str())];
        let attributes = values.map(|(name, value)| AttributeType::builder().name(name).value(value).build());
        let attributes = attributes.into_iter().collect::<Result<_, _>>().map_err(Failure::internal)?;
        let outcome = self
            .client
            .admin_create_user()
            .user_pool_id(&self.pool_id)
            .username(address.as_str())
            .temporary_password(password)
            .message_action(MessageActionType::Suppress)
            .set_user_attributes(Some(attributes))
            .send()
            .await;
        match outcome {
            Ok(created) => {
                let attributes = created.user.as_ref().map(UserType::attributes).unwrap_or_default();
                Ok(PoolUser { sub: attribute(attributes, "sub")?, found: false })
            }
            Err(error) if error.code() == Some("UsernameExistsException") => {
                self.left_over(tenant, address).await
            }
            Err(error) => Err(failure(error)),
        }
    }

    async fn left_over(&self, tenant: &TenantId, address: &SignInAddress) -> Result<PoolUser, Failure> {
        let request = self.client.admin_get_user().user_pool_id(&self.pool_id).username(address.as_str());
        let user = request.send().await.map_err(failure)?;
        let own =
            attribute(user.user_attributes(), TENANT_ATTRIBUTE).is_ok_and(|text| text == tenant.as_str());
        if own && user.user_status() == Some(&UserStatusType::ForceChangePassword) {
            return Ok(PoolUser { sub: attribute(user.user_attributes(), "sub")?, found: true });
        }
        Err(address_in_use())
    }

    /// Keeps a user from signing in at the pool as well. Nothing happens to one who is kept out already.
    pub async fn disable(&self, address: &str) -> Result<(), Failure> {
        let request = self.client.admin_disable_user().user_pool_id(&self.pool_id).username(address);
        request.send().await.map_err(failure)?;
        Ok(())
    }

    /// Whether somebody has the address, in whichever tenant.
    pub async fn knows(&self, address: &SignInAddress) -> Result<bool, Failure> {
        let request = self.client.admin_get_user().user_pool_id(&self.pool_id).username(address.as_str());
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("UserNotFoundException") => Ok(false),
            Err(error) => Err(failure(error)),
        }
    }

    /// Whether signing in asks the user for an authenticator's code.
    pub async fn asks_for_code(&self, address: &str) -> Result<bool, Failure> {
        let request = self.client.admin_get_user().user_pool_id(&self.pool_id).username(address);
        let user = request.send().await.map_err(failure)?;
        Ok(user.user_mfa_setting_list().iter().any(|factor| factor == "SOFTWARE_TOKEN_MFA"))
    }

    /// Gives a user who has not come in yet another temporary password.
    pub async fn renew_password(&self, address: &str, password: &str) -> Result<(), Failure> {
        self.client
            .admin_set_user_password()
            .user_pool_id(&self.pool_id)
            .username(address)
            .password(password)
            .permanent(false)
            .send()
            .await
            .map_err(failure)?;
        Ok(())
    }
}

pub(crate) fn address_in_use() -> Failure {
    Failure::Conflict { code: "email_in_use", detail: "the e-mail address is in use" }
}

fn attribute(attributes: &[AttributeType], name: &str) -> Result<String, Failure> {
    let found = attributes.iter().find(|attribute| attribute.name() == name);
    let value = found.and_then(AttributeType::value).map(str::to_owned);
    value.ok_or_else(|| Failure::internal("the pool's user lacks an attribute"))
}

fn failure<E>(error: SdkError<E>) -> Failure
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let error_code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    match error_code {
        Some("TooManyRequestsException" | "LimitExceededException") => {
            Failure::Throttled { retry_after_seconds: 5 }
        }
        Some(_) => Failure::internal(BoxError::from(error)),
        None => Failure::Unavailable(Box::new(error)),
    }
}

//! A client of the user pool that keeps a secret, so that nothing given to one of its users serves without these functions.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use aws_sdk_cognitoidentityprovider::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        admin_initiate_auth::AdminInitiateAuthOutput,
        admin_respond_to_auth_challenge::AdminRespondToAuthChallengeOutput, revoke_token::RevokeTokenError,
    },
    types::{AuthFlowType, AuthenticationResultType, ChallengeNameType},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use kernel::Failure;
use lambda::Environment;
use tokio::sync::OnceCell;

use crate::outcome::refusal;

/// The pool as one of our own clients. Its id is in every token; the secret is asked of the pool when it is first needed, and is
/// in no template and no environment.
pub struct PoolClient {
    pub(crate) pool: Client,
    pub(crate) pool_id: String,
    client_id: String,
    secret: OnceCell<String>,
}

/// What answers a challenge of the pool.
pub(crate) struct ChallengeAnswer<'a> {
    pub(crate) challenge: ChallengeNameType,
    pub(crate) session: &'a str,
    pub(crate) user_name: &'a str,
    /// The pool's name for the answer.
    pub(crate) parameter: &'a str,
    pub(crate) value: &'a str,
}

impl PoolClient {
    /// The client through which users sign in.
    pub async fn sign_in() -> Self {
        Self::named(Environment::required("USER_POOL_CLIENT_ID")).await
    }

    /// The client whose tokens may change a user's factors.
    pub(crate) async fn self_service() -> Self {
        Self::named(Environment::required("SELF_SERVICE_CLIENT_ID")).await
    }

    async fn named(client_id: String) -> Self {
        Self {
            pool: Client::new(&Environment::sdk_config().await),
            pool_id: Environment::required("USER_POOL_ID"),
            client_id,
            secret: OnceCell::new(),
        }
    }

    /// Tries a password; `refused` is what the user is told where it is wrong.
    pub(crate) async fn try_password(
        &self,
        user_name: &str,
        password: &str,
        refused: &'static str,
    ) -> Result<AdminInitiateAuthOutput, Failure> {
        let request = self.pool.admin_initiate_auth().user_pool_id(&self.pool_id).client_id(&self.client_id);
        request
            .auth_flow(AuthFlowType::AdminUserPasswordAuth)
            .auth_parameters("USERNAME", user_name)
            .auth_parameters("PASSWORD", password)
            .auth_parameters("SECRET_HASH", self.secret_hash(user_name).await?)
            .send()
            .await
            .map_err(|error| refusal(error, refused))
    }

    /// Answers a challenge; `refused` is what the user is told where the answer is wrong.
    pub(crate) async fn answer(
        &self,
        answer: ChallengeAnswer<'_>,
        refused: &'static str,
    ) -> Result<AdminRespondToAuthChallengeOutput, Failure> {
        let request = self.pool.admin_respond_to_auth_challenge().user_pool_id(&self.pool_id);
        request
            .client_id(&self.client_id)
            .challenge_name(answer.challenge)
            .session(answer.session)
            .challenge_responses("USERNAME", answer.user_name)
            .challenge_responses(answer.parameter, answer.value)
            .challenge_responses("SECRET_HASH", self.secret_hash(answer.user_name).await?)
            .send()
            .await
            .map_err(|error| refusal(error, refused))
    }

    /// The next tokens of a session; nothing where the pool gives none.
    pub(crate) async fn refresh(
        &self,
        refresh_token: &str,
        refused: &'static str,
    ) -> Result<Option<AuthenticationResultType>, Failure> {
        let request = self.pool.get_tokens_from_refresh_token().client_id(&self.client_id);
        let request = request.client_secret(self.secret().await?).refresh_token(refresh_token);
        let answer = request.send().await.map_err(|error| refusal(error, refused))?;
        Ok(answer.authentication_result)
    }

    /// Takes a refresh token back. What is no refresh token of ours cannot be used either, so that is no failure (RFC 7009, 2.2).
    pub(crate) async fn revoke(&self, refresh_token: &str) -> Result<(), Failure> {
        let request = self.pool.revoke_token().client_id(&self.client_id).token(refresh_token);
        match request.client_secret(self.secret().await?).send().await {
            Ok(_) => Ok(()),
            Err(error) => revoked(error),
        }
    }

    /// What proves to the pool that it is us who speak for a user: HMAC-SHA-256 of user name and client id under the secret
    /// (Cognito Developer Guide, "Computing secret hash values").
    async fn secret_hash(&self, user_name: &str) -> Result<String, Failure> {
        let secret = self.secret().await?;
        Ok(hash_of(secret, user_name, &self.client_id))
    }

    async fn secret(&self) -> Result<&str, Failure> {
        let secret = self.secret.get_or_try_init(|| self.ask_secret()).await?;
        Ok(secret)
    }

    async fn ask_secret(&self) -> Result<String, Failure> {
        let request = self.pool.describe_user_pool_client().user_pool_id(&self.pool_id);
        let described = request.client_id(&self.client_id).send().await;
        let described = described.map_err(|error| Failure::Unavailable(Box::new(error)))?;
        let secret = described.user_pool_client.and_then(|client| client.client_secret);
        secret.ok_or_else(|| Failure::internal("the pool's client has no secret"))
    }
}

fn revoked(error: SdkError<RevokeTokenError>) -> Result<(), Failure> {
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some(
            "InvalidParameterException"
            | "NotAuthorizedException"
            | "UnauthorizedException"
            | "UnsupportedTokenTypeException",
        ) => Ok(()),
        Some("TooManyRequestsException") => Err(Failure::Throttled { retry_after_seconds: 5 }),
        Some(_) => Err(Failure::internal(error)),
        None => Err(Failure::Unavailable(Box::new(error))),
    }
}

fn hash_of(secret: &str, user_name: &str, client_id: &str) -> String {
    let key = Key::new(HMAC_SHA256, secret.as_bytes());
    BASE64_STANDARD.encode(sign(&key, format!("{user_name}{client_id}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with another implementation: `printf 'rep@alpha.example1example' | openssl dgst -sha256 -hmac s3cret -binary | base64`.
    #[test]
    fn the_hash_is_that_of_the_documented_formula() {
        assert_eq!(
            hash_of("s3cret", "rep@alpha.example", "1example"),
            "YtLWOSfmUaRwfAkSpjHakIc0Ref5O96Yp0PQZuJa4vs="
        );
    }
}

use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
use kernel::{Ambient, Failure, TenantId};
use lambda::{Environment, TokenVerifier};
use mail::Mailer;
use table::IdentityTable;
use tenancy::DataRole;

use crate::{
    challenge_session::ChallengeSessions, mfa_setup::FactorSetups, mfa_used_code::UsedCodes,
    outcome::refusal, password::NewPassword, pool_client::PoolClient, reset_code::ResetCodes,
    throttle::Throttle,
};

/// What signing in takes, step by step, as often as is reasonable.
pub struct AttemptApp {
    pub(crate) sign_in: PoolClient,
    pub(crate) throttle: Throttle,
    pub(crate) used_codes: UsedCodes,
    pub(crate) setups: FactorSetups,
    pub(crate) sessions: ChallengeSessions,
}

impl AttemptApp {
    pub async fn from_environment() -> Self {
        Self {
            sign_in: PoolClient::sign_in().await,
            throttle: Throttle::from_environment().await,
            used_codes: UsedCodes::from_environment().await,
            setups: FactorSetups::from_environment().await,
            sessions: ChallengeSessions::from_environment().await,
        }
    }
}

/// What gives new tokens for a refresh token.
pub struct RefreshApp {
    pub(crate) sign_in: PoolClient,
    pub(crate) throttle: Throttle,
}

impl RefreshApp {
    pub async fn from_environment() -> Self {
        Self { sign_in: PoolClient::sign_in().await, throttle: Throttle::from_environment().await }
    }
}

/// What mails codes to those who have forgotten their password.
pub struct ForgottenApp {
    pub(crate) sign_in: PoolClient,
    pub(crate) throttle: Throttle,
    pub(crate) codes: ResetCodes,
    pub(crate) mail: Mailer,
}

impl ForgottenApp {
    pub async fn from_environment() -> Self {
        let sdk = Environment::sdk_config().await;
        Self {
            sign_in: PoolClient::sign_in().await,
            throttle: Throttle::from_environment().await,
            codes: ResetCodes::from_environment().await,
            mail: Mailer::new(&sdk, Environment::required("MAIL_SENDER")),
        }
    }
}

/// What replaces passwords and ends the sessions that the old one began.
pub struct PasswordApp {
    pub(crate) sessions: SessionApp,
    pub(crate) throttle: Throttle,
    pub(crate) codes: ResetCodes,
}

impl PasswordApp {
    pub async fn from_environment() -> Self {
        Self {
            sessions: SessionApp::from_environment().await,
            throttle: Throttle::from_environment().await,
            codes: ResetCodes::from_environment().await,
        }
    }

    /// Sets the password of `sub` for good.
    pub(crate) async fn set_password(&self, sub: &str, password: NewPassword) -> Result<(), Failure> {
        let sign_in = &self.sessions.sign_in;
        let request = sign_in.pool.admin_set_user_password().user_pool_id(&sign_in.pool_id).username(sub);
        let set = request.password(password.into_inner()).permanent(true).send().await;
        set.map(|_| ()).map_err(|error| refusal(error, "the user is not known"))
    }
}

/// What ends the sessions of a signed-in user.
pub struct SessionApp {
    pub(crate) sign_in: PoolClient,
    /// Writes what ends sessions, for the caller's tenant.
    pub(crate) data: DataRole,
}

impl SessionApp {
    pub async fn from_environment() -> Self {
        Self { sign_in: PoolClient::sign_in().await, data: Environment::data_role().await }
    }

    pub(crate) fn ambient(&self) -> &dyn Ambient {
        &*self.data.installation().ambient
    }

    /// Makes every access token of `sub` as good as over, within a minute.
    pub(crate) async fn raise_epoch(&self, tenant: &TenantId, sub: &str) -> Result<(), Failure> {
        self.data.open(tenant).await.table.identities().raise_epoch(tenant, sub).await?;
        Ok(())
    }

    /// Ends every session of `sub`. The pool first: should the table fail then, the caller still gets in and can ask again.
    pub(crate) async fn end_all(&self, tenant: &TenantId, sub: &str) -> Result<(), Failure> {
        let request = self.sign_in.pool.admin_user_global_sign_out().user_pool_id(&self.sign_in.pool_id);
        request.username(sub).send().await.map_err(|error| match error.as_service_error() {
            Some(refused) if refused.code() == Some("TooManyRequestsException") => {
                Failure::Throttled { retry_after_seconds: 5 }
            }
            Some(_) => Failure::internal(error),
            None => Failure::Unavailable(Box::new(error)),
        })?;
        self.raise_epoch(tenant, sub).await
    }
}

/// What decides whether a request may pass: the pool's keys and our own row about the user.
pub struct GateApp {
    pub(crate) tokens: TokenVerifier,
    pub(crate) identities: IdentityTable,
}

impl GateApp {
    pub async fn from_environment() -> Self {
        let tokens = TokenVerifier::new(
            Environment::required("TOKEN_ISSUER"),
            Environment::required("USER_POOL_CLIENT_ID"),
            Environment::required("JWKS_URL"),
        )
        .accepting(Environment::required("BROWSER_CLIENT_ID"));
        Self { tokens, identities: Self::identities().await }
    }

    /// The rows that tell whose a `sub` is.
    pub async fn identities() -> IdentityTable {
        let client = aws_sdk_dynamodb::Client::new(&Environment::sdk_config().await);
        IdentityTable::new(client, Environment::required("TABLE_NAME"))
    }
}

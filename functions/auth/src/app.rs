use aws_sdk_cognitoidentityprovider::Client;
use lambda::{Environment, TokenVerifier};
use table::IdentityTable;

use crate::mfa_used_code::UsedCodes;

/// What signing in is built from: the user pool, through a client that only a server with IAM credentials can use.
pub struct SignInApp {
    pub(crate) pool: Client,
    pub(crate) pool_id: String,
    pub(crate) client_id: String,
}

impl SignInApp {
    pub async fn from_environment() -> Self {
        Self {
            pool: Client::new(&Environment::sdk_config().await),
            pool_id: Environment::required("USER_POOL_ID"),
            client_id: Environment::required("USER_POOL_CLIENT_ID"),
        }
    }
}

/// What meeting a challenge takes beside.
pub struct ChallengeApp {
    pub(crate) sign_in: SignInApp,
    pub(crate) used_codes: UsedCodes,
}

impl ChallengeApp {
    pub async fn from_environment() -> Self {
        Self { sign_in: SignInApp::from_environment().await, used_codes: UsedCodes::from_environment().await }
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
        );
        Self { tokens, identities: Self::identities().await }
    }

    /// The rows that tell whose a `sub` is.
    pub async fn identities() -> IdentityTable {
        let client = aws_sdk_dynamodb::Client::new(&Environment::sdk_config().await);
        IdentityTable::new(client, Environment::required("TABLE_NAME"))
    }
}

//! What the token trigger asks the pool: which client a token is for, and whether a user has a second factor.

use std::{collections::HashMap, sync::Mutex};

use aws_sdk_cognitoidentityprovider::Client;
use kernel::Failure;
use lambda::Environment;

/// The second factor that the pool offers.
const TOTP: &str = "SOFTWARE_TOKEN_MFA";

/// A client of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientKind {
    /// Our own functions, signing users in.
    SignIn,
    /// Our own functions, changing a user's factors.
    SelfService,
    /// Anybody else's, a browser's among them.
    Other,
}

/// Knows our own clients by their names. Their ids cannot stand in the trigger's environment: a client needs the pool, and the pool
/// the trigger.
pub(crate) struct PoolDirectory {
    pool: Client,
    sign_in_name: String,
    self_service_name: String,
    /// What was found out about each client id. There are as many as the pool has clients, and their names do not change.
    known: Mutex<HashMap<String, ClientKind>>,
}

impl PoolDirectory {
    pub(crate) async fn from_environment() -> Self {
        Self {
            pool: Client::new(&Environment::sdk_config().await),
            sign_in_name: Environment::required("SIGN_IN_CLIENT_NAME"),
            self_service_name: Environment::required("SELF_SERVICE_CLIENT_NAME"),
            known: Mutex::default(),
        }
    }

    /// Whose client it is.
    pub(crate) async fn kind_of(&self, pool_id: &str, client_id: &str) -> Result<ClientKind, Failure> {
        if let Some(known) = self.known().get(client_id) {
            return Ok(*known);
        }
        let described =
            self.pool.describe_user_pool_client().user_pool_id(pool_id).client_id(client_id).send().await;
        let described = described.map_err(|error| Failure::Unavailable(Box::new(error)))?;
        let kind = match described.user_pool_client.and_then(|client| client.client_name) {
            Some(name) if name == self.self_service_name => ClientKind::SelfService,
            Some(name) if name == self.sign_in_name => ClientKind::SignIn,
            _ => ClientKind::Other,
        };
        self.known().insert(client_id.to_owned(), kind);
        Ok(kind)
    }

    /// Whether the pool asks this user for a code.
    pub(crate) async fn has_factor(&self, pool_id: &str, sub: &str) -> Result<bool, Failure> {
        let user = self.pool.admin_get_user().user_pool_id(pool_id).username(sub).send().await;
        let user = user.map_err(|error| Failure::Unavailable(Box::new(error)))?;
        Ok(user.user_mfa_setting_list().iter().any(|factor| factor == TOTP))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, ClientKind>> {
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

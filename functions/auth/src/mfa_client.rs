//! Which of the pool's clients may let a token change its own user.

use std::{collections::HashMap, sync::Mutex};

use aws_sdk_cognitoidentityprovider::Client;
use lambda::Environment;

/// Knows the self-service client by its name. Its id cannot stand in the trigger's environment: the client needs the pool, and
/// the pool the trigger.
pub struct SelfServiceClient {
    pool: Client,
    name: String,
    /// What was found out about each client id. There are as many as the pool has clients, and their names do not change.
    known: Mutex<HashMap<String, bool>>,
}

impl SelfServiceClient {
    pub async fn from_environment() -> Self {
        let pool = Client::new(&Environment::sdk_config().await);
        Self { pool, name: Environment::required("SELF_SERVICE_CLIENT_NAME"), known: Mutex::default() }
    }

    /// Whether `client_id` is it. Where the pool does not say, it is not: such a token can do less than it might, never more.
    pub(crate) async fn is(&self, pool_id: &str, client_id: &str) -> bool {
        if let Some(known) = self.known().get(client_id) {
            return *known;
        }
        let described =
            self.pool.describe_user_pool_client().user_pool_id(pool_id).client_id(client_id).send().await;
        let Ok(described) = described else { return false };
        let named = described.user_pool_client.and_then(|client| client.client_name);
        let is = named.is_some_and(|name| name == self.name);
        self.known().insert(client_id.to_owned(), is);
        is
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, bool>> {
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

use std::sync::Arc;

use kernel::Ambient;
use lambda::Environment;
use outbox::Queue;
use tenancy::{ClaimRole, DataRole};

use crate::push::Sockets;

/// What tickets and connections are built from.
pub struct App {
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
    /// Where browsers connect; only where tickets are given out.
    pub(crate) socket_url: String,
}

impl App {
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let ambient = data.installation().ambient.clone();
        Self { data, ambient, socket_url: Environment::optional("SOCKET_URL").unwrap_or_default() }
    }
}

/// What admits a socket.
pub struct GateApp {
    pub(crate) claims: ClaimRole,
    pub(crate) ambient: Arc<dyn Ambient>,
}

impl GateApp {
    pub async fn from_environment() -> Self {
        let installation = Environment::installation().await;
        let ambient = installation.ambient.clone();
        Self { claims: Environment::claim_role(installation), ambient }
    }
}

/// What answers frames.
pub struct MessageApp {
    pub(crate) sockets: Sockets,
}

impl MessageApp {
    pub async fn from_environment() -> Self {
        let sdk = Environment::sdk_config().await;
        Self { sockets: Sockets::new(&sdk, &Environment::required("SOCKET_MANAGEMENT_URL")) }
    }
}

/// What the dispatcher is built from.
pub struct DispatchApp {
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
    pub(crate) sockets: Sockets,
    pub(crate) failures: Queue,
}

impl DispatchApp {
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let sockets = Sockets::new(&data.installation().sdk, &Environment::required("SOCKET_MANAGEMENT_URL"));
        let ambient = data.installation().ambient.clone();
        Self { data, ambient, sockets, failures: Environment::queue("DISPATCH_FAILURES_QUEUE_URL").await }
    }
}

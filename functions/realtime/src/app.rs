use std::sync::Arc;

use kernel::Ambient;
use lambda::Environment;
use outbox::Queue;
use tenancy::{ClaimRole, DataRole};

use crate::{deliver::Courier, origin::Origins, push::Sockets};

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
    pub(crate) origins: Origins,
}

impl GateApp {
    pub async fn from_environment() -> Self {
        let installation = Environment::installation().await;
        let ambient = installation.ambient.clone();
        let origins = Origins::parse(&Environment::optional("WEB_ORIGINS").unwrap_or_default());
        Self { claims: Environment::claim_role(installation), ambient, origins }
    }
}

/// What answers frames, and replays over HTTP.
pub struct ListenerApp {
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
    pub(crate) sockets: Sockets,
}

impl ListenerApp {
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let sockets = Sockets::new(&data.installation().sdk, &Environment::required("SOCKET_MANAGEMENT_URL"));
        let ambient = data.installation().ambient.clone();
        Self { data, ambient, sockets }
    }
}

/// What replays events over HTTP.
pub struct ReplayApp {
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
}

impl ReplayApp {
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let ambient = data.installation().ambient.clone();
        Self { data, ambient }
    }
}

/// What brings events into logs and to sockets.
pub struct DeliverApp {
    pub(crate) data: DataRole,
    pub(crate) courier: Courier,
}

impl DeliverApp {
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let sockets = Sockets::new(&data.installation().sdk, &Environment::required("SOCKET_MANAGEMENT_URL"));
        let courier = Courier::new(data.installation().ambient.clone(), sockets);
        Self { data, courier }
    }
}

/// What a user's notifications are kept with.
pub struct KeeperApp {
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
    pub(crate) courier: Courier,
}

impl KeeperApp {
    pub async fn from_environment() -> Self {
        let DeliverApp { data, courier } = DeliverApp::from_environment().await;
        let ambient = data.installation().ambient.clone();
        Self { data, ambient, courier }
    }
}

/// What the dispatcher is built from.
pub struct DispatchApp {
    pub(crate) deliver: DeliverApp,
    /// Of records that nobody can read.
    pub(crate) failures: Queue,
    /// Of what does not fit into a batch's time, in order per tenant.
    pub(crate) lanes: Queue,
}

impl DispatchApp {
    pub async fn from_environment() -> Self {
        Self {
            deliver: DeliverApp::from_environment().await,
            failures: Environment::queue("DISPATCH_FAILURES_QUEUE_URL").await,
            lanes: Environment::queue("DISPATCH_LANES_QUEUE_URL").await,
        }
    }
}

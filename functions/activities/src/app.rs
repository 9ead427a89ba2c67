use std::sync::Arc;

use kernel::{Ambient, SystemAmbient};
use lambda::Environment;
use outbox::Queue;
use tenancy::DataRole;

use crate::relay::{Paced, Told};

/// What the reading routes are built from.
pub struct App {
    pub(crate) data: DataRole,
}

impl App {
    pub async fn from_environment() -> Self {
        Self { data: Environment::data_role().await }
    }
}

/// What the routes that write are built from.
pub struct WriterApp {
    pub(crate) data: DataRole,
    pub(crate) ambient: Arc<dyn Ambient>,
}

impl WriterApp {
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let ambient = data.installation().ambient.clone();
        Self { data, ambient }
    }

    /// Where requests that may be sent twice are remembered.
    #[must_use]
    pub fn data(&self) -> &DataRole {
        &self.data
    }
}

/// What the relay is built from.
pub struct RelayApp {
    pub(crate) touches: Queue,
    /// Records that cannot be read.
    pub(crate) failures: Queue,
    pub(crate) search: Queue,
    pub(crate) told: Told,
    pub(crate) told_removals: Paced,
    pub(crate) told_renames: Paced,
    pub(crate) ambient: Arc<dyn Ambient>,
}

impl RelayApp {
    pub async fn from_environment() -> Self {
        Self {
            touches: Environment::queue("TOUCH_QUEUE_URL").await,
            failures: Environment::queue("RELAY_FAILURES_QUEUE_URL").await,
            search: Environment::queue("SEARCH_QUEUE_URL").await,
            told: Told::default(),
            told_removals: Paced::default(),
            told_renames: Paced::default(),
            ambient: Arc::new(SystemAmbient),
        }
    }
}

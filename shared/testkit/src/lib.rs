//! What tests share: a clock and randomness that a test decides, keys without a key service, and the table as the template
//! describes it behind a real DynamoDB API in the process.

mod ambient;
mod installation;
mod keys;
mod local_table;
mod memory_objects;
mod schema;
mod traffic;

pub use ambient::FixedAmbient;
pub use installation::{TestInstallation, claim, tenant};
pub use keys::LocalKeys;
pub use local_table::{LocalTable, bytes_of};
pub use memory_objects::MemoryObjects;
pub use traffic::{Answer, Call, Traffic};

//! Opens one tenant: rows under credentials tagged with it, keys under its own encryption context. The second and third
//! fence stand here; nothing else in the workspace assumes a role or unwraps a key.

mod contact_index;
mod credentials;
mod data_role;
mod installation;
mod keys;
mod record;
mod scope;

pub use contact_index::{contacts_with_email, contacts_with_phone, email_index, phone_index};
pub use data_role::{ClaimRole, DataRole};
pub use installation::Installation;
pub use keys::{read_wrapped_key, wrapped_key_item};
pub use record::{seal_record, unseal_record};
pub use scope::{ClaimScope, TenantScope};

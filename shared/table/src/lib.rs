//! The single table: every key it holds (`key.rs`), typed items, and the ways in, each opened for one tenant.
//! Knows neither HTTP nor the key service.

mod activity;
mod call;
mod capacity;
mod claimed;
mod contact;
mod error;
mod factor;
mod factor_setup;
mod identity;
mod item;
mod key;
mod membership;
mod once;
mod purpose;
mod reset_code;
mod session;
mod standing;
mod stretch;
mod tenant_table;
mod throttle;
mod transaction;
mod used_code;

pub use activity::{activity_item, read_activity};
pub use call::{CallState, read_call_state};
pub use claimed::ClaimedTable;
pub use contact::{ContactDefaults, Visible, read_contact_access, read_contact_defaults};
pub use error::TableError;
pub use factor_setup::{FactorSetup, FactorSetupTable, SetupStep};
pub use identity::{Identity, IdentityStatus, IdentityTable, Standing};
pub use item::{Item, ItemBuilder, ItemReader, MalformedItem};
pub use key::{Key, KeyOfTenant, Keys, RecordKind, tenant_of_partition};
pub use membership::{IdentityChange, Roster};
pub use once::{Begun, OnceKey};
pub use purpose::Purpose;
pub use reset_code::{CodeHolder, ResetCodeTable};
pub use session::{Revocation, revocation_of, tenant_of_identities};
pub use standing::{DirectoryPage, TenantStanding, TenantStatus};
pub use stretch::{Order, Position, Stretch};
pub use tenant_table::{Direction, QueryPage, Range, TenantTable};
pub use throttle::{Admission, Allowance, ThrottleTable};
pub use transaction::Transaction;
pub use used_code::UsedCodeTable;

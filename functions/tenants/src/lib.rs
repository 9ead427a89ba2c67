//! Tenants and their users, as rows.

mod tenant;
mod user;

pub use tenant::{Tenant, tenant_item};
pub use user::{User, user_item};

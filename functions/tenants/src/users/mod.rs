//! The people of a tenant.

pub mod deactivate;
pub mod get;
pub(crate) mod input;
pub(crate) mod invitation_limit;
pub mod invite;
pub mod list;
pub(crate) mod mail;
pub(crate) mod membership;
pub(crate) mod password;
pub(crate) mod pool;
pub mod reinvite;
pub(crate) mod store;
pub mod update;
mod view;

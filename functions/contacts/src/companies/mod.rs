//! Companies that contacts work for.

mod company;
pub mod create;
pub mod delete;
mod domain;
pub mod get;
pub mod link;
pub mod list;
mod renamed;
pub mod store;
pub mod update;
mod view;

pub use company::{Company, CompanyDetails};
pub use domain::Domain;
pub use renamed::RenamedCache;

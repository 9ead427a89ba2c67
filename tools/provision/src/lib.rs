//! Makes tenants, their keys, users and telephony accounts, under the provisioner's role and nothing else. An operator's
//! tool; the black-box tests make their own tenants with it too.

mod demo;
mod error;
mod outputs;
mod password;
mod provisioner;
mod seed;
mod stack_file;
pub mod tenant_command;
mod tenants;
mod twilio;

pub use demo::seed_demo;
pub use error::ProvisionError;
pub use outputs::Outputs;
pub use password::new_password;
pub use provisioner::{NewTelephony, NewTenant, NewUser, Provisioner};
pub use seed::{Population, SeedFile, SeededUser, seed};
pub use stack_file::{StackFile, StackTenant, StackUser};
pub use twilio::register_account;

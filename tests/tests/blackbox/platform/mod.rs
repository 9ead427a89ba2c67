//! What operators do with tenants, and what a tenant decides about itself.

mod operating;
mod settings;
mod suspension;

//! What an operator does on the running stack, through `provision`.

use crate::artifacts::build_provision;
use crate::cloudformation::point_at_local_aws;
use crate::failure::{Failure, Result};
use crate::layout::Layout;
use crate::process::run;
use crate::service::{Service, State};
use std::process::Command;
use std::time::Duration;

/// Four times what ten thousand users may take.
const SEED_LIMIT: Duration = Duration::from_mins(20);
const TENANT_LIMIT: Duration = Duration::from_mins(1);

/// `provision tenant` with these arguments.
pub fn tenant(layout: &Layout, arguments: &[String]) -> Result<()> {
    let mut command = provision(layout)?;
    run(command.arg("tenant").args(arguments), TENANT_LIMIT)
}

/// Makes `tenants` tenants with `users` users each and signs a sample of them in.
pub fn seed(layout: &Layout, tenants: usize, users: usize) -> Result<()> {
    let mut command = provision(layout)?;
    command.arg("seed").args(["--tenants", &tenants.to_string(), "--users", &users.to_string()]);
    run(command.arg("--file").arg(layout.seed_file()), SEED_LIMIT)
}

/// The operators' tool, pointed at the stack. An error if the stack is not running: it is not started for this, for who
/// changes a tenant has a running one in mind.
fn provision(layout: &Layout) -> Result<Command> {
    let running = matches!(Service::aws(layout).state(), State::Healthy(_) | State::Outdated(_));
    if !running || !layout.outputs_file().exists() {
        return Err(Failure::new(format!(
            "the stack is not running: `cargo xtask up --detach{}` starts it",
            layout.options()
        )));
    }
    build_provision(layout)?;
    let mut command = Command::new(layout.stack_binary("provision"));
    point_at_local_aws(&mut command, layout);
    command.current_dir(&layout.root).arg("--outputs").arg(layout.outputs_file());
    Ok(command)
}

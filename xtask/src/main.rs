//! The repository's own tool, run as `cargo xtask`: brings the local stack up and down, tests, measures, deploys.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for the terminal: what it prints is what it is for"
)]

mod against_stack;
mod artifacts;
mod cloudformation;
mod deploy;
mod digest;
mod failure;
mod http;
mod interrupt;
mod layout;
mod operators;
mod pidfile;
mod ports;
mod prerequisites;
mod process;
mod progress;
mod python;
mod service;
mod stack;
mod suites;
mod test;
mod tools;
mod up;
mod web;

use crate::failure::{Failure, Result};
use crate::layout::{Layout, StackOptions};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// What a shell reports for a command that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Builds, runs, tests, measures and deploys the platform")]
struct Arguments {
    #[command(flatten)]
    stack: StackOptions,
    #[command(subcommand)]
    command: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Build, start the local AWS, deploy and seed two demo tenants; stays until Ctrl-C
    Up {
        /// Return once the stack is up, and leave it running
        #[arg(long)]
        detach: bool,
    },
    /// Stop the local stack; what it stored is kept
    Down {
        /// Remove what it stored as well
        #[arg(long)]
        wipe: bool,
    },
    /// Walk the main job on the running stack, or on one started for it, and print each step
    Demo,
    /// Run all tests, or the named suites
    Test {
        /// Suites to run; all when none is named
        suites: Vec<String>,
        /// Print the suites and what they are
        #[arg(long)]
        list: bool,
    },
    /// Measure the running stack, or one started for it, against the budgets
    Bench {
        /// Suites to run; all when none is named
        suites: Vec<String>,
        /// How much of it: what `bench` itself takes, e.g. `-- --hold-minutes 10`
        #[arg(last = true)]
        extent: Vec<String>,
    },
    /// Fill the running stack with tenants and users
    Seed {
        #[arg(long, default_value_t = against_stack::TENANTS)]
        tenants: usize,
        /// Of each tenant
        #[arg(long, default_value_t = against_stack::USERS_OF_EACH)]
        users: usize,
    },
    /// Operate the running stack's tenants: create, list, suspend, resume, set
    #[command(disable_help_flag = true)]
    Tenant {
        /// What `provision tenant` takes; `--help` prints it
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build for arm64 and deploy to AWS with this shell's credentials
    Deploy {
        /// The environment in infra/samconfig.toml
        #[arg(long, default_value = "production")]
        environment: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

fn main() -> ExitCode {
    match perform(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Interrupted) => {
            eprintln!("interrupted");
            ExitCode::from(INTERRUPTED)
        }
        Err(Failure::Message(message)) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn perform(arguments: Arguments) -> Result<()> {
    let layout = Layout::new(&arguments.stack)?;
    if let Action::Deploy { environment, yes } = arguments.command {
        return deploy::deploy(&layout, &environment, yes);
    }
    interrupt::install()?;
    match arguments.command {
        Action::Up { detach } => up::up(&layout, detach),
        Action::Down { wipe } => up::down(&layout, wipe),
        Action::Demo => against_stack::demo(&layout),
        Action::Test { list: true, .. } => {
            test::list();
            Ok(())
        }
        Action::Test { suites, .. } => test::test(&layout, &suites),
        Action::Bench { suites, extent } => against_stack::bench(&layout, &suites, &extent),
        Action::Seed { tenants, users } => operators::seed(&layout, tenants, users),
        Action::Tenant { arguments } => operators::tenant(&layout, &arguments),
        Action::Deploy { .. } => Ok(()),
    }
}

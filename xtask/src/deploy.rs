//! `cargo xtask deploy`: for operators, to real AWS with their own credentials.

use crate::artifacts::DOMAINS;
use crate::cloudformation::SAM_CONFIGURATION;
use crate::failure::{Failure, Result};
use crate::interrupt;
use crate::layout::Layout;
use crate::prerequisites;
use crate::process::{capture, run};
use crate::progress::step;
use crate::python::{TOOLS, prepare_all};
use std::io::{self, BufRead as _, Write as _};
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_hours(1);

/// Builds for arm64 and deploys under `environment` of `infra/samconfig.toml`, after a question unless `yes`.
pub fn deploy(layout: &Layout, environment: &str, yes: bool) -> Result<()> {
    if environment == "local" {
        return Err(Failure::new(
            "the environment `local` is what `cargo xtask up` deploys to the local AWS",
        ));
    }
    require_cargo_lambda()?;
    let prerequisites = prerequisites::check()?;
    step("Preparing the Python environments", || Ok(((), prepare_all(&[TOOLS], layout, &prerequisites)?)))?;
    println!("\nThis deploys template.yaml to AWS with {SAM_CONFIGURATION}, environment `{environment}`,");
    println!("and with the AWS credentials of this shell.\n");
    if !yes && !confirmed()? {
        return Err(Failure::new("nothing was deployed"));
    }
    // Only now: at the question, Ctrl-C ends the process as one expects.
    interrupt::install()?;
    step("Building for arm64 (release)", || {
        let mut command = Command::new("cargo");
        command.current_dir(&layout.root).args(["lambda", "build", "--release", "--arm64", "--lambda-dir"]);
        command.arg(layout.root.join("target/lambda"));
        for domain in DOMAINS {
            command.args(["--package", domain]);
        }
        Ok((run(&mut command, LIMIT)?, "done".into()))
    })?;
    step("Deploying", || {
        let mut command = Command::new(TOOLS.program(layout, "sam"));
        command.current_dir(&layout.root).args(["deploy", "--template-file", "template.yaml"]);
        command.args(["--config-file", SAM_CONFIGURATION, "--config-env", environment]);
        // The question was asked above, and sam has no terminal to ask it again.
        command
            .args(["--no-confirm-changeset", "--no-fail-on-empty-changeset"])
            .env("SAM_CLI_TELEMETRY", "0");
        Ok((run(&mut command, LIMIT)?, "done".into()))
    })
}

fn require_cargo_lambda() -> Result<()> {
    let mut probe = Command::new("cargo");
    capture(probe.args(["lambda", "--version"]), Duration::from_secs(30)).map(drop).map_err(|_| {
        Failure::new(
            "`cargo lambda`, which builds for arm64, is not installed. One way to get it:\n  \
             python3 -m venv ~/.cargo-lambda && ~/.cargo-lambda/bin/pip install cargo-lambda ziglang\n  \
             PATH=~/.cargo-lambda/bin:$PATH cargo xtask deploy\n\
             and once: rustup target add aarch64-unknown-linux-gnu",
        )
    })
}

fn confirmed() -> Result<bool> {
    print!("Deploy? Type `yes`: ");
    io::stdout().flush().map_err(|error| Failure::new(error.to_string()))?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(|error| Failure::new(error.to_string()))?;
    Ok(answer.trim() == "yes")
}

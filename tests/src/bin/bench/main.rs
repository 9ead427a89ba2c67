//! `cargo xtask bench [suite …]`: measures a running stack, prints a table and writes `target/bench/<suite>.json`. Fails
//! where a budget is missed.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the benches speak to a terminal")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use blackbox::{Error, Stack};
use clap::{Parser, ValueEnum};

use report::Report;

mod calls;
mod clock;
mod core_suite;
mod emulator;
mod init;
mod processes;
mod report;
mod routes;
mod samples;
mod warm;
mod world;

/// Measures a running stack against its budgets.
#[derive(Parser)]
struct Arguments {
    /// What to measure; everything when none is named.
    suites: Vec<Suite>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Suite {
    /// The routes of the main job, the socket, and the functions themselves.
    Core,
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut suites = Arguments::parse().suites;
    if suites.is_empty() {
        suites = Suite::value_variants().to_vec();
    }
    let mut missed = 0;
    for suite in suites {
        match measure(suite).await {
            Ok(report) => {
                println!("{report}");
                missed += report.missed();
            }
            Err(error) => {
                eprintln!("The suite {} could not be measured: {}", suite.name(), error.chain());
                return ExitCode::FAILURE;
            }
        }
    }
    if missed == 0 {
        return ExitCode::SUCCESS;
    }
    eprintln!("{missed} of the budgets are missed.");
    ExitCode::FAILURE
}

async fn measure(suite: Suite) -> Result<Report, Error> {
    let stack = Stack::load()?;
    let report = match suite {
        Suite::Core => core_suite::run(&stack).await?,
    };
    write(suite, &report)?;
    Ok(report)
}

fn write(suite: Suite, report: &Report) -> Result<(), Error> {
    let folder = target_folder().join("bench");
    let path = folder.join(format!("{}.json", suite.name()));
    let text = report.to_json();
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&path, text))
        .map_err(|source| Error::Description { what: path.display().to_string(), source: source.into() })
}

/// The workspace's own, where `cargo xtask` puts the artifacts too.
fn target_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target")
}

/// Says what is being measured, for it takes a while.
pub fn say(text: &str) {
    eprintln!("{text} …");
}

//! `cargo xtask bench [suite …]`: measures a running stack, prints a table and writes `target/bench/<suite>.json`. Fails
//! where a budget is missed.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the benches speak to a terminal")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
};

use blackbox::{Error, Stack};
use clap::{Parser, ValueEnum};

use report::Report;

mod calls;
mod calls_suite;
mod clock;
mod contacts_search;
mod contacts_suite;
mod core_suite;
mod emulator;
mod following;
mod identity_suite;
mod init;
mod processes;
mod realtime;
mod report;
mod routes;
mod samples;
mod search;
mod warm;
mod world;

/// Measures a running stack against its budgets.
#[derive(Parser)]
struct Arguments {
    /// What to measure; everything when none is named.
    suites: Vec<Suite>,
    #[command(flatten)]
    realtime: realtime::Extent,
    /// How many contacts the suite `contacts` fills its tenant with.
    #[arg(long, default_value_t = contacts_suite::CONTACTS)]
    contacts: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Suite {
    /// The routes of the main job, the socket, and the functions themselves.
    Core,
    /// A tenant with a hundred thousand contacts, and the import that makes them.
    Contacts,
    /// Who may come in: tokens, the authorizer, and a whole population of users.
    Identity,
    /// The search engine, and the search end to end.
    Search,
    /// Sockets: how soon, how many, and that nothing is lost.
    Realtime,
    /// Setting calls up, instructing the provider, and what its reports lead to.
    Calls,
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Contacts => "contacts",
            Self::Identity => "identity",
            Self::Search => "search",
            Self::Realtime => "realtime",
            Self::Calls => "calls",
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Arguments { mut suites, realtime, contacts } = Arguments::parse();
    if suites.is_empty() {
        suites = Suite::value_variants().to_vec();
    }
    let mut missed = 0;
    for suite in suites {
        match measure(suite, &realtime, contacts).await {
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

async fn measure(suite: Suite, extent: &realtime::Extent, contacts: usize) -> Result<Report, Error> {
    let stack = Stack::load()?;
    let report = match suite {
        Suite::Core => core_suite::run(&stack).await?,
        Suite::Contacts => contacts_suite::run(&stack, contacts).await?,
        Suite::Identity => identity_suite::run(&stack).await?,
        Suite::Search => search::run()?,
        Suite::Realtime => realtime::run(&stack, extent).await?,
        Suite::Calls => calls_suite::run(&stack).await?,
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

/// What the figures have to be read against.
fn machine() -> String {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("{cores} cores, load {load} at the start")
}

/// Says what is being measured, for it takes a while.
pub fn say(text: &str) {
    eprintln!("{text} …");
}

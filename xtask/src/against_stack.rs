//! What runs against a stack: the demo and the benches. Each uses the running stack, or one of its own.

use crate::artifacts::build_tool;
use crate::failure::{Failure, Result};
use crate::layout::Layout;
use crate::operators;
use crate::process::run;
use crate::progress::say;
use crate::stack;
use std::process::Command;
use std::time::Duration;

const DEMO_LIMIT: Duration = Duration::from_mins(5);
const BENCH_LIMIT: Duration = Duration::from_hours(1);
const CORE: &str = "core";
const IDENTITY: &str = "identity";
/// What the installation is to hold.
pub const TENANTS: usize = 100;
pub const USERS_OF_EACH: usize = 100;
/// The variable by which the black-box tools find `stack.json`.
const STACK_VARIABLE: &str = "SEP_STACK";

/// Walks the main job over HTTP and WebSocket and prints each step.
pub fn demo(layout: &Layout) -> Result<()> {
    build_tool(layout, "demo")?;
    with_stack(layout, || {
        let mut command = Command::new(layout.release_binary("demo"));
        run(at_stack(&mut command, layout), DEMO_LIMIT)
    })
}

/// Measures, prints the table and writes `target/bench/<suite>.json`; all suites when none is named. The suite `identity` comes
/// last: it needs a whole population, which is made for it where there is none.
pub fn bench(layout: &Layout, suites: &[String], extent: &[String]) -> Result<()> {
    if layout.debug_build {
        return Err(Failure::new("what is measured is the release build: leave out --debug-build"));
    }
    build_tool(layout, "bench")?;
    let measure = |suites: &[&str]| {
        let mut command = Command::new(layout.release_binary("bench"));
        run(at_stack(&mut command, layout).args(suites).args(extent), BENCH_LIMIT)
    };
    let (last, mut first): (Vec<&str>, Vec<&str>) =
        suites.iter().map(String::as_str).partition(|suite| *suite == IDENTITY);
    if suites.is_empty() {
        first.push(CORE);
    }
    with_stack(layout, || {
        let outcome = if first.is_empty() { Ok(()) } else { measure(&first) };
        if last.is_empty() && !suites.is_empty() {
            return outcome;
        }
        if !layout.seed_file().exists() {
            say("Making the population …");
            operators::seed(layout, TENANTS, USERS_OF_EACH)?;
        }
        outcome.and(measure(&[IDENTITY]))
    })
}

/// Brings the stack up to date, does the work, and stops what was started for it.
pub fn with_stack(layout: &Layout, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let mut stack = stack::bring_up(layout)?;
    let outcome = work();
    if stack.is_ours() {
        say("Stopping the stack that was started for this …");
    }
    stack.stop();
    outcome
}

/// Points a black-box tool at the stack.
pub fn at_stack<'command>(command: &'command mut Command, layout: &Layout) -> &'command mut Command {
    command.current_dir(&layout.root).env(STACK_VARIABLE, layout.stack_file())
}

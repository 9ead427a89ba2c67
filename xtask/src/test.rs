//! `cargo xtask test`: runs suites one after another and sums them up.

use crate::failure::{Failure, Result};
use crate::layout::Layout;
use crate::progress::seconds;
use crate::suites::{SUITES, Suite};
use std::time::{Duration, Instant};

/// How a suite went.
struct Outcome {
    name: &'static str,
    took: Duration,
    /// A note, or what failed.
    result: std::result::Result<String, String>,
}

/// Prints what there is to choose from.
pub fn list() {
    for suite in &SUITES {
        println!("{:<11}{}", suite.name, suite.about);
    }
}

/// Runs the named suites, or all. One that fails does not keep the others from running; the command fails in the
/// end.
pub fn test(layout: &Layout, names: &[String]) -> Result<()> {
    let suites = select(names)?;
    let mut outcomes = Vec::new();
    for suite in suites {
        println!("\n── {}: {}", suite.name, suite.about);
        let began = Instant::now();
        let result = match (suite.run)(layout) {
            Ok(note) => Ok(note),
            Err(Failure::Message(message)) => {
                println!("{message}");
                Err(message.lines().next().unwrap_or_default().to_owned())
            }
            Err(Failure::Interrupted) => return Err(Failure::Interrupted),
        };
        outcomes.push(Outcome { name: suite.name, took: began.elapsed(), result });
    }
    println!("\n{}", summary(&outcomes));
    let failed: Vec<&str> =
        outcomes.iter().filter(|outcome| outcome.result.is_err()).map(|outcome| outcome.name).collect();
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("failed: {}", failed.join(", ")))) }
}

/// The suites of these names in their usual order; all of them for no name.
fn select(names: &[String]) -> Result<Vec<&'static Suite>> {
    if let Some(unknown) = names.iter().find(|name| SUITES.iter().all(|suite| suite.name != *name)) {
        let known: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
        return Err(Failure::new(format!("there is no suite `{unknown}`; there are {}", known.join(", "))));
    }
    Ok(SUITES
        .iter()
        .filter(|suite| names.is_empty() || names.iter().any(|name| name == suite.name))
        .collect())
}

fn summary(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        let (word, note) = match &outcome.result {
            Ok(note) => ("passed", note),
            Err(reason) => ("FAILED", reason),
        };
        let line = format!("  {:<11}{word}  {:>12}  {note}", outcome.name, seconds(outcome.took));
        text += line.trim_end();
        text.push('\n');
    }
    let passed = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
    text + &format!("{passed} passed, {} failed", outcomes.len() - passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(suites: &[&str]) -> Vec<String> {
        suites.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn suites_are_chosen_by_name_and_run_in_their_order() {
        let chosen = select(&names(&["unit", "lint"])).unwrap();
        assert_eq!(chosen.iter().map(|suite| suite.name).collect::<Vec<_>>(), ["lint", "unit"]);
        assert_eq!(select(&[]).unwrap().len(), SUITES.len());
        let failure = select(&names(&["lint", "units"])).err().unwrap().to_string();
        assert!(failure.contains("`units`") && failure.contains("blackbox"), "{failure}");
    }

    #[test]
    fn the_summary_ends_with_the_counts() {
        let outcome = |name, result| Outcome { name, took: Duration::from_secs(2), result };
        let text = summary(&[
            outcome("lint", Ok(String::new())),
            outcome("unit", Err("cargo-nextest nextest failed (exit code 100)".into())),
        ]);
        assert_eq!(text.lines().last(), Some("1 passed, 1 failed"));
        assert!(text.contains("unit       FAILED         2.0 s  cargo-nextest"), "{text}");
    }
}

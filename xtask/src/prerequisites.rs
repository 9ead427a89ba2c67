//! What the machine must have, checked before anything is started, each with the way to get it.

use crate::failure::{Failure, Result};
use crate::process::capture;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(30);
const PYTHONS: [&str; 6] = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

/// What was found.
#[derive(Debug, Clone)]
pub struct Prerequisites {
    /// The Python that virtual environments are made of.
    pub python: String,
    /// One line for the terminal.
    pub summary: String,
}

/// Everything that building and running the stack needs. All that is missing is named at once.
pub fn check() -> Result<Prerequisites> {
    let mut missing = Vec::new();
    let mut found = Vec::new();
    match rust() {
        Ok(version) => found.push(format!("Rust {version}")),
        Err(reason) => missing.push(reason),
    }
    let python = python();
    match &python {
        Ok((_, version)) => found.push(format!("Python {version}")),
        Err(reason) => missing.push(reason.clone()),
    }
    match node() {
        Ok(version) => found.push(format!("Node {version}")),
        Err(reason) => missing.push(reason),
    }
    if version_of("cc", &["--version"]).is_none() {
        missing.push("no C compiler `cc`, which aws-lc needs (Debian: apt-get install gcc libc6-dev)".into());
    }
    match python {
        Ok((python, _)) if missing.is_empty() => Ok(Prerequisites { python, summary: found.join(", ") }),
        _ => Err(Failure::new(format!("this machine lacks:\n  - {}", missing.join("\n  - ")))),
    }
}

/// Whether a program exists and reports this version or a later one.
pub fn is_at_least(program: &Path, wanted: &str) -> bool {
    at_least(version_of(program, &["--version"]), wanted, "").is_ok()
}

fn rust() -> std::result::Result<String, String> {
    let wanted = env!("CARGO_PKG_RUST_VERSION");
    let hint = format!("Rust >= {wanted} (https://rustup.rs; rust-toolchain.toml then picks the version)");
    at_least(version_of("rustc", &["--version"]), wanted, &hint)
}

fn node() -> std::result::Result<String, String> {
    let hint = "Node.js >= 20.19 with npm (https://nodejs.org)";
    let version = at_least(version_of("node", &["--version"]), "20.19", hint)?;
    version_of("npm", &["--version"])
        .map(|_| version)
        .ok_or_else(|| format!("npm beside Node.js; needed: {hint}"))
}

/// A Python that is new enough and can make virtual environments: its name and version.
fn python() -> std::result::Result<(String, String), String> {
    let hint = "Python >= 3.10 with venv (Debian: apt-get install python3 python3-venv)";
    let mut newest_without_venv = None;
    for name in PYTHONS {
        let Ok(version) = at_least(version_of(name, &["--version"]), "3.10", hint) else { continue };
        let mut probe = Command::new(name);
        if capture(probe.args(["-c", "import ensurepip, venv"]), LIMIT).is_ok() {
            return Ok((name.to_owned(), version));
        }
        newest_without_venv.get_or_insert(version);
    }
    match newest_without_venv {
        Some(version) => Err(format!("the venv module of Python {version}; needed: {hint}")),
        None => at_least(version_of("python3", &["--version"]), "3.10", hint)
            .map(|version| (version, String::new())),
    }
}

fn version_of(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = capture(Command::new(program).args(arguments), LIMIT).ok()?;
    find_version(&output).or(Some(String::new()))
}

/// The first word of the output that is a version: `Python 3.11.7`, `v20.20.2`, `rustc 1.95.0 (…)`.
fn find_version(output: &str) -> Option<String> {
    output.split_whitespace().find_map(|word| {
        let word = word.trim_start_matches('v');
        (word.starts_with(|first: char| first.is_ascii_digit()) && word.contains('.'))
            .then(|| word.to_owned())
    })
}

fn at_least(found: Option<String>, wanted: &str, hint: &str) -> std::result::Result<String, String> {
    match found {
        Some(version) if numbers(&version) >= numbers(wanted) => Ok(version),
        Some(version) => Err(format!("{hint}; version {version} was found")),
        None => Err(format!("{hint}; it was not found")),
    }
}

/// `1.95.0-nightly` as `[1, 95, 0]`.
fn numbers(version: &str) -> Vec<u32> {
    let numeric = version.split(|character: char| !character.is_ascii_digit() && character != '.').next();
    numeric.unwrap_or_default().split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_print() {
        let lines = [
            ("rustc 1.95.0 (59807616e 2026-04-14)", "1.95.0"),
            ("v20.20.2\n", "20.20.2"),
            ("Python 3.11.7\n", "3.11.7"),
            ("11.19.1", "11.19.1"),
        ];
        for (line, version) in lines {
            assert_eq!(find_version(line).as_deref(), Some(version));
        }
        assert_eq!(find_version("no version here"), None);
    }

    #[test]
    fn versions_compare_as_numbers() {
        let check = |found: &str, wanted| at_least(Some(found.to_owned()), wanted, "X");
        for (found, wanted) in
            [("3.10.0", "3.10"), ("3.14.1", "3.10"), ("20.0.0", "20"), ("1.95.0-nightly", "1.95")]
        {
            assert_eq!(check(found, wanted).as_deref(), Ok(found));
        }
        assert_eq!(check("3.9.18", "3.10"), Err("X; version 3.9.18 was found".into()));
        assert_eq!(at_least(None, "20", "X"), Err("X; it was not found".into()));
    }
}

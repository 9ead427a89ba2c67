//! The binaries, and the folders that the templates deploy them from.

use crate::failure::{Failure, Result};
use crate::layout::Layout;
use crate::process::run;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A cold build of three AWS SDKs takes ten minutes on two cores; twice that twice over is a hang.
const LIMIT: Duration = Duration::from_mins(45);
const STRIP_LIMIT: Duration = Duration::from_mins(1);
/// One artifact each: the binary is named like the domain, the functions pick their route by `_HANDLER`.
pub const DOMAINS: [&str; 6] = ["activities", "auth", "calls", "contacts", "realtime", "tenants"];

/// Builds everything that the local stack runs. The black-box tools are built apart: together, cargo would give the
/// functions what only those tools ask of shared crates, such as another parser of JSON's numbers.
pub fn build(layout: &Layout) -> Result<()> {
    let mut command = Command::new("cargo");
    command.current_dir(&layout.root).args(["build", "--bins"]);
    if !layout.debug_build {
        command.arg("--release");
    }
    for package in DOMAINS.into_iter().chain(["provision", "twilio-standin"]) {
        command.args(["--package", package]);
    }
    run(&mut command, LIMIT)
}

/// Builds one binary of the black-box package.
pub fn build_tool(layout: &Layout, name: &str) -> Result<()> {
    let mut command = Command::new("cargo");
    command.current_dir(&layout.root);
    run(command.args(["build", "--release", "--package", "blackbox", "--bin", name]), LIMIT)
}

/// Builds the operators' tool.
pub fn build_provision(layout: &Layout) -> Result<()> {
    let mut command = Command::new("cargo");
    command.current_dir(&layout.root).args(["build", "--quiet", "--package", "provision"]);
    if !layout.debug_build {
        command.arg("--release");
    }
    run(&mut command, LIMIT)
}

/// Puts every domain's binary where its template looks for it. Gives the domains whose artifact changed.
pub fn place(layout: &Layout) -> Result<Vec<&'static str>> {
    let mut changed = Vec::new();
    for domain in DOMAINS {
        let folder = layout.artifact(domain);
        fs::create_dir_all(&folder).map_err(|error| Failure::at(&folder, &error))?;
        let binary = layout.stack_binary(domain);
        let binary = if layout.debug_build { stripped(&binary) } else { binary };
        if copy_if_different(&binary, &folder.join("bootstrap"))? {
            changed.push(domain);
        }
    }
    Ok(changed)
}

/// The binary without what only debuggers read, half of what has to be packed and read again for every function; the
/// binary itself where there is no `strip`.
fn stripped(binary: &Path) -> PathBuf {
    let without = binary.with_extension("stripped");
    let mut command = Command::new("strip");
    match run(command.arg("--strip-all").arg("-o").arg(&without).arg(binary), STRIP_LIMIT) {
        Ok(()) => without,
        Err(_) => binary.to_path_buf(),
    }
}

/// Compares contents, for a relink of the same code gives the same bytes with a new time.
fn copy_if_different(from: &Path, to: &Path) -> Result<bool> {
    let wanted = fs::read(from).map_err(|error| Failure::at(from, &error))?;
    if fs::read(to).is_ok_and(|found| found == wanted) {
        return Ok(false);
    }
    // Written aside and renamed: a reader sees the old binary or the new one, never half of it.
    let aside = to.with_extension("new");
    fs::copy(from, &aside).map_err(|error| Failure::at(&aside, &error))?;
    fs::rename(&aside, to).map_err(|error| Failure::at(to, &error))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_is_copied_only_when_its_content_differs() {
        let folder = std::env::temp_dir().join(format!("xtask-artifacts-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (from, to) = (folder.join("contacts"), folder.join("bootstrap"));
        fs::write(&from, "one").unwrap();
        assert!(copy_if_different(&from, &to).unwrap());
        fs::write(&from, "one").unwrap();
        assert!(!copy_if_different(&from, &to).unwrap());
        fs::write(&from, "two").unwrap();
        assert!(copy_if_different(&from, &to).unwrap());
        assert_eq!(fs::read_to_string(&to).unwrap(), "two");
        fs::remove_dir_all(&folder).unwrap();
    }
}

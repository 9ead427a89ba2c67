//! Tools that cargo does not bring: found, or built once into `.local/tools`.

use crate::digest;
use crate::failure::{Failure, Result};
use crate::layout::Layout;
use crate::prerequisites;
use crate::process::{run, run_logged};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

const INSTALL_LIMIT: Duration = Duration::from_mins(45);
const NPM_LIMIT: Duration = Duration::from_mins(10);

/// A cargo subcommand from crates.io.
#[derive(Debug, Clone, Copy)]
pub struct CargoTool {
    name: &'static str,
    /// The oldest that understands our configuration.
    oldest: &'static str,
    /// What is built when there is none.
    pinned: &'static str,
}

pub const NEXTEST: CargoTool = CargoTool { name: "cargo-nextest", oldest: "0.9.100", pinned: "0.9.143" };
pub const DENY: CargoTool = CargoTool { name: "cargo-deny", oldest: "0.18", pinned: "0.20.2" };

impl CargoTool {
    /// The program: our own, else one in the PATH that is new enough, else built now, which takes minutes.
    pub fn find_or_install(self, layout: &Layout) -> Result<PathBuf> {
        let own = layout.tools.join("tools/bin").join(self.name);
        for program in [own.clone(), PathBuf::from(self.name)] {
            if prerequisites::is_at_least(&program, self.oldest) {
                return Ok(program);
            }
        }
        println!("Building {} {}, once, into .local/tools …", self.name, self.pinned);
        let mut command = Command::new("cargo");
        command.args(["install", "--locked", "--version", self.pinned, self.name, "--root"]);
        // Link-time optimisation doubles the build and gains nothing that anyone would notice here.
        command.arg(layout.tools.join("tools")).env("CARGO_PROFILE_RELEASE_LTO", "off");
        // In our folder, rust-toolchain.toml and the settings of .cargo would apply to the tool as well.
        command.current_dir(&layout.tools).env_remove("CARGO_TARGET_DIR");
        run(&mut command, INSTALL_LIMIT)?;
        Ok(own)
    }
}

/// Installs the packages of a folder's `package-lock.json`, unless they are those already.
pub fn npm_install(layout: &Layout, folder: &str) -> Result<()> {
    let folder = layout.root.join(folder);
    let wanted = digest::of_file(&folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.lock.sha256");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    let mut command = Command::new("npm");
    command.current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]);
    run_logged(&mut command, NPM_LIMIT, &layout.log("npm"))?;
    fs::write(&stamp, wanted).map_err(|error| Failure::at(&stamp, &error))
}

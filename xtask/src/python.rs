//! Virtual environments made of hash-checked requirement files, remade only when those files change.

use crate::digest::Digest;
use crate::failure::{Failure, Result};
use crate::layout::Layout;
use crate::prerequisites::Prerequisites;
use crate::process::run_logged;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(15);
/// Names the requirements that were installed to the end.
const STAMP: &str = "requirements.sha256";

/// An environment of its own for tools that cannot live with each other's versions.
#[derive(Debug, Clone, Copy)]
pub struct Environment {
    folder: &'static str,
    /// Relative to the repository; every line pins a hash.
    requirements: &'static [&'static str],
}

/// The local AWS.
pub const LOCAL_AWS: Environment =
    Environment { folder: "venv-aws", requirements: &["infra/local/requirements.txt"] };
/// The local AWS with what its tests need: apart from the first, which a running stack may be using.
pub const LOCAL_AWS_TESTS: Environment = Environment {
    folder: "venv-aws-tests",
    requirements: &["infra/local/requirements.txt", "infra/local/requirements-tests.txt"],
};
/// `sam`, `cfn-lint` and boto3.
pub const TOOLS: Environment =
    Environment { folder: "venv-tools", requirements: &["infra/local/requirements-tools.txt"] };
/// The official Twilio library, which the stand-in is held to.
pub const TWILIO: Environment =
    Environment { folder: "venv-twilio", requirements: &["tests/standins/twilio/tests/requirements.txt"] };

impl Environment {
    pub fn folder(self, layout: &Layout) -> PathBuf {
        layout.tools.join(self.folder)
    }

    /// A program of the environment.
    pub fn program(self, layout: &Layout, name: &str) -> PathBuf {
        self.folder(layout).join("bin").join(name)
    }

    /// Whether the environment stands as its requirements say.
    pub fn is_current(self, layout: &Layout) -> Result<bool> {
        let stamp = fs::read_to_string(self.folder(layout).join(STAMP)).unwrap_or_default();
        Ok(stamp == self.digest(layout)? && self.works(layout))
    }

    /// Makes the environment unless it is current. True if there was something to do.
    pub fn prepare(self, layout: &Layout, prerequisites: &Prerequisites) -> Result<bool> {
        if self.is_current(layout)? {
            return Ok(false);
        }
        let folder = self.folder(layout);
        let log = layout.log(self.folder);
        let mut create = Command::new(&prerequisites.python);
        create.args(["-m", "venv", "--clear"]).arg(&folder);
        run_logged(&mut create, LIMIT, &log)?;
        let mut install = Command::new(self.program(layout, "python"));
        install.args([
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
        ]);
        for file in self.requirements {
            install.arg("--requirement").arg(layout.root.join(file));
        }
        run_logged(&mut install, LIMIT, &log)
            .map_err(|failure| failure.during(&format!("installing {}", self.requirements.join(", "))))?;
        let stamp = folder.join(STAMP);
        fs::write(&stamp, self.digest(layout)?).map_err(|error| Failure::at(&stamp, &error))?;
        Ok(true)
    }

    fn digest(self, layout: &Layout) -> Result<String> {
        let mut digest = Digest::default();
        for file in self.requirements {
            digest.file(&layout.root, &layout.root.join(file))?;
        }
        Ok(digest.finish())
    }

    /// An environment whose Python was uninstalled or upgraded away is a folder of dangling links.
    fn works(self, layout: &Layout) -> bool {
        self.program(layout, "python").exists()
    }
}

/// Prepares several and says in a few words what was done.
pub fn prepare_all(
    environments: &[Environment],
    layout: &Layout,
    prerequisites: &Prerequisites,
) -> Result<String> {
    let mut made = Vec::new();
    for environment in environments {
        if environment.prepare(layout, prerequisites)? {
            made.push(environment.folder);
        }
    }
    Ok(if made.is_empty() { "up to date".to_owned() } else { format!("made {}", made.join(", ")) })
}

//! Where things are: the repository, what is built, and the folder that holds a stack's state.

use crate::failure::{Failure, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The region that the local stack pretends to be in.
pub const REGION: &str = "us-east-1";
/// The name of the local `CloudFormation` stack, as in `infra/samconfig.toml`.
pub const STACK_NAME: &str = "sep";

/// Ports and folder of one local stack; several can stand beside each other when they differ in all three.
#[derive(Debug, Clone, clap::Args)]
pub struct StackOptions {
    /// Port of the local AWS
    #[arg(long, global = true, default_value_t = 4566, value_name = "PORT")]
    pub aws_port: u16,
    /// Port of the Twilio stand-in
    #[arg(long, global = true, default_value_t = 4571, value_name = "PORT")]
    pub twilio_port: u16,
    /// Port of the page [default: that of the local AWS + 14]
    #[arg(long, global = true, value_name = "PORT")]
    pub web_port: Option<u16>,
    /// Folder of the stack's state, logs and pid files
    #[arg(long, global = true, default_value = ".local", value_name = "FOLDER")]
    pub local_dir: PathBuf,
    /// Run unoptimised functions: quicker to build while working on them, never to be measured
    #[arg(long, global = true)]
    pub debug_build: bool,
}

/// Every path that the commands use.
#[derive(Debug, Clone)]
pub struct Layout {
    pub root: PathBuf,
    /// Cargo's target folder, wherever the caller has put it.
    pub target: PathBuf,
    /// Virtual environments and tools: the same for every stack.
    pub tools: PathBuf,
    /// State of this stack.
    pub state: PathBuf,
    pub aws_port: u16,
    pub twilio_port: u16,
    pub web_port: u16,
    /// Whether the stack runs what `cargo build` makes without `--release`.
    pub debug_build: bool,
}

impl Layout {
    /// Finds the repository, and creates the folders that everything else takes for granted.
    pub fn new(options: &StackOptions) -> Result<Self> {
        let root = repository(env!("CARGO_MANIFEST_DIR"))?;
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        let layout = Self {
            target,
            tools: root.join(".local"),
            state: root.join(&options.local_dir),
            aws_port: options.aws_port,
            twilio_port: options.twilio_port,
            web_port: options.web_port.unwrap_or_else(|| usual_web_port(options.aws_port)),
            debug_build: options.debug_build,
            root,
        };
        for folder in [layout.tools.clone(), layout.run(), layout.logs()] {
            fs::create_dir_all(&folder).map_err(|error| Failure::at(&folder, &error))?;
        }
        Ok(layout)
    }

    /// Pid files.
    pub fn run(&self) -> PathBuf {
        self.state.join("run")
    }

    pub fn logs(&self) -> PathBuf {
        self.state.join("log")
    }

    pub fn log(&self, name: &str) -> PathBuf {
        self.logs().join(format!("{name}.log"))
    }

    /// What clients and tests read to find the running stack.
    pub fn stack_file(&self) -> PathBuf {
        self.state.join("stack.json")
    }

    /// Who of the seeded users can sign in.
    pub fn seed_file(&self) -> PathBuf {
        self.state.join("seed.json")
    }

    /// The outputs of the deployed `CloudFormation` stack.
    pub fn outputs_file(&self) -> PathBuf {
        self.state.join("outputs.json")
    }

    pub fn aws_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.aws_port)
    }

    pub fn twilio_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.twilio_port)
    }

    /// Where the page is, under the name that its sockets' `Origin` has.
    pub fn web_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.web_port)
    }

    /// The npm workspace of the browser side.
    pub fn web(&self) -> PathBuf {
        self.root.join("web")
    }

    /// A binary that the stack runs.
    pub fn stack_binary(&self, name: &str) -> PathBuf {
        if self.debug_build { self.target.join("debug").join(name) } else { self.release_binary(name) }
    }

    /// A release binary of the workspace.
    pub fn release_binary(&self, name: &str) -> PathBuf {
        self.target.join("release").join(name)
    }

    /// The folder that the templates name as `CodeUri`; fixed, wherever cargo builds.
    pub fn artifact(&self, domain: &str) -> PathBuf {
        self.root.join("target/lambda").join(domain)
    }

    /// The options that lead another command to this stack, for messages; empty for the usual one.
    pub fn options(&self) -> String {
        let ports = [
            ("aws", self.aws_port, 4566),
            ("twilio", self.twilio_port, 4571),
            ("web", self.web_port, usual_web_port(self.aws_port)),
        ];
        let moved = ports.iter().filter(|(_, port, usual)| port != usual);
        let mut options: Vec<String> =
            moved.map(|(name, port, _)| format!(" --{name}-port {port}")).collect();
        if self.state != self.tools {
            options.push(format!(" --local-dir {}", self.display(&self.state)));
        }
        if self.debug_build {
            options.push(" --debug-build".to_owned());
        }
        options.concat()
    }

    /// A path as the person at the terminal would write it.
    pub fn display(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

/// Stacks beside each other differ in the local AWS's port, so they differ in the page's as well.
fn usual_web_port(aws_port: u16) -> u16 {
    aws_port.saturating_add(14)
}

fn repository(manifest: &str) -> Result<PathBuf> {
    let root = Path::new(manifest).parent().filter(|root| root.join("Cargo.lock").exists());
    root.map(Path::to_path_buf).ok_or_else(|| {
        Failure::new(format!(
            "the repository has moved away from {manifest}: run `cargo xtask` from a checkout"
        ))
    })
}

//! The suites of `cargo xtask test`: what each runs.

use crate::against_stack::{at_stack, with_stack};
use crate::digest::files_in;
use crate::failure::Result;
use crate::layout::{Layout, REGION};
use crate::prerequisites;
use crate::process::{run, run_logged};
use crate::python::{Environment, LOCAL_AWS_TESTS, TOOLS, TWILIO};
use crate::tools::{DENY, NEXTEST, npm_install};
use crate::web;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Beyond any suite's time on a slow machine, builds included.
const LIMIT: Duration = Duration::from_hours(1);
const FETCH_LIMIT: Duration = Duration::from_mins(1);
const ADVISORIES_UNCHECKED: &str =
    "advisories NOT checked: the advisory database (github.com/RustSec) could not be fetched";

const PACKAGES_UNCHECKED: &str = "npm packages NOT audited: the registry did not answer";

/// A suite by its name on the command line.
pub struct Suite {
    pub name: &'static str,
    pub about: &'static str,
    /// Gives a note for the summary; empty where there is nothing to say.
    pub run: fn(&Layout) -> Result<String>,
}

/// In the order in which they run: what fails soonest comes first.
pub const SUITES: [Suite; 9] = [
    Suite {
        name: "lint",
        about: "cargo fmt --check and clippy over all targets, no warning allowed",
        run: lint,
    },
    Suite { name: "deny", about: "licences, sources, bans and advisories of all dependencies", run: deny },
    Suite {
        name: "openapi",
        about: "infra/openapi.yaml against the rules of infra/openapi-lint",
        run: openapi,
    },
    Suite {
        name: "templates",
        about: "sam validate --lint and cfn-lint over every template",
        run: templates,
    },
    Suite { name: "unit", about: "unit, store and documentation tests of the workspace", run: unit },
    Suite {
        name: "local-aws",
        about: "the emulator's patches, and whether each is still needed",
        run: local_aws,
    },
    Suite { name: "twilio", about: "the official Twilio library against the stand-in", run: twilio },
    Suite {
        name: "blackbox",
        about: "HTTP, WebSocket and tenant isolation against a running stack",
        run: blackbox,
    },
    Suite {
        name: "web",
        about: "lints, types and tests of the browser side, and a walk through the page in Chromium",
        run: web,
    },
];

fn lint(layout: &Layout) -> Result<String> {
    let format = cargo(layout, &["fmt", "--all", "--check"]);
    // Both are told at once: a missing line break should not hide what clippy found.
    let clippy = cargo(layout, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    format.and(clippy).map(|()| String::new())
}

fn deny(layout: &Layout) -> Result<String> {
    let program = DENY.find_or_install(layout)?;
    let deny = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.current_dir(&layout.root).args(arguments);
        command
    };
    run(&mut deny(&["--log-level", "error", "check", "bans", "licenses", "sources"]), LIMIT)?;
    let log = layout.log("advisories");
    match run_logged(&mut deny(&["fetch", "db"]), FETCH_LIMIT, &log) {
        Ok(()) => {
            run(&mut deny(&["--log-level", "error", "check", "--disable-fetch", "advisories"]), LIMIT)?;
            Ok(String::new())
        }
        Err(crate::failure::Failure::Interrupted) => Err(crate::failure::Failure::Interrupted),
        Err(_) => {
            println!("{ADVISORIES_UNCHECKED}; see {}", layout.display(&log));
            Ok(ADVISORIES_UNCHECKED.to_owned())
        }
    }
}

fn openapi(layout: &Layout) -> Result<String> {
    const FOLDER: &str = "infra/openapi-lint";
    npm_install(layout, FOLDER)?;
    let mut command = Command::new("npm");
    run(command.current_dir(layout.root.join(FOLDER)).args(["run", "--silent", "lint"]), LIMIT)?;
    Ok(String::new())
}

fn templates(layout: &Layout) -> Result<String> {
    TOOLS.prepare(layout, &prerequisites::check()?)?;
    let mut templates = vec![layout.root.join("template.yaml")];
    templates.extend(files_in(&layout.root.join("infra"), ".yaml")?);
    templates.retain(|template| !template.ends_with("openapi.yaml"));
    let mut lint = Command::new(TOOLS.program(layout, "cfn-lint"));
    run(lint.current_dir(&layout.root).arg("--").args(&templates), LIMIT)?;
    for template in &templates {
        let mut validate = Command::new(TOOLS.program(layout, "sam"));
        validate.current_dir(&layout.root).env("SAM_CLI_TELEMETRY", "0").env("AWS_DEFAULT_REGION", REGION);
        validate.args(["validate", "--lint", "--template-file"]).arg(template);
        run_logged(&mut validate, LIMIT, &layout.log("sam-validate"))
            .map_err(|failure| failure.during(&layout.display(template)))?;
    }
    Ok(format!("{} templates", templates.len()))
}

fn unit(layout: &Layout) -> Result<String> {
    match NEXTEST.find_or_install(layout) {
        Ok(nextest) => run(
            tests(layout, &nextest).args(["nextest", "run", "--workspace", "--exclude", "blackbox"]),
            LIMIT,
        )?,
        Err(crate::failure::Failure::Interrupted) => return Err(crate::failure::Failure::Interrupted),
        Err(failure) => {
            println!("{failure}\nWithout cargo-nextest the tests run under cargo test.");
            let mut command = tests(layout, Path::new("cargo"));
            run(command.args(["test", "--workspace", "--exclude", "blackbox", "--all-targets"]), LIMIT)?;
        }
    }
    run(tests(layout, Path::new("cargo")).args(["test", "--workspace", "--doc"]), LIMIT)?;
    Ok(String::new())
}

fn local_aws(layout: &Layout) -> Result<String> {
    pytest(layout, LOCAL_AWS_TESTS, "infra/local/tests", None)
}

fn twilio(layout: &Layout) -> Result<String> {
    cargo(layout, &["build", "--release", "--package", "twilio-standin"])?;
    let program = layout.release_binary("twilio-standin");
    pytest(layout, TWILIO, "tests/standins/twilio/tests", Some(("TWILIO_STANDIN_BIN", &program)))
}

fn blackbox(layout: &Layout) -> Result<String> {
    let nextest = NEXTEST.find_or_install(layout)?;
    let suite = ["nextest", "run", "--package", "blackbox"];
    // Built first: a test that does not compile need not wait for a stack.
    run(tests(layout, &nextest).args(suite).arg("--no-run"), LIMIT)?;
    with_stack(layout, || run(at_stack(&mut tests(layout, &nextest), layout).args(suite), LIMIT))?;
    Ok(String::new())
}

fn web(layout: &Layout) -> Result<String> {
    npm_install(layout, web::FOLDER)?;
    for script in ["generate", "lint", "typecheck", "test"] {
        run(&mut web::npm(layout, script), LIMIT)?;
    }
    let note = audit(layout)?;
    with_stack(layout, || {
        run(at_stack(&mut web::npm(layout, "e2e"), layout).current_dir(layout.web()), LIMIT)
    })?;
    Ok(note)
}

/// Known weaknesses of the npm packages. Registries that cannot be asked are not taken for an answer.
fn audit(layout: &Layout) -> Result<String> {
    let log = layout.log("npm-audit");
    let mut command = Command::new("npm");
    command.current_dir(layout.web()).args(["audit", "--json", "--audit-level=high"]);
    match run_logged(&mut command, FETCH_LIMIT, &log) {
        Err(crate::failure::Failure::Message(message)) => {
            let answered =
                std::fs::read_to_string(&log).is_ok_and(|text| text.contains("auditReportVersion"));
            if answered {
                return Err(crate::failure::Failure::new(message));
            }
            println!("{PACKAGES_UNCHECKED}; see {}", layout.display(&log));
            Ok(PACKAGES_UNCHECKED.to_owned())
        }
        other => other.map(|()| String::new()),
    }
}

fn cargo(layout: &Layout, arguments: &[&str]) -> Result<()> {
    run(Command::new("cargo").current_dir(&layout.root).args(arguments), LIMIT)
}

/// A test runner that compares snapshots and never writes them.
fn tests(layout: &Layout, program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&layout.root).env("INSTA_UPDATE", "no");
    command
}

fn pytest(
    layout: &Layout,
    environment: Environment,
    folder: &str,
    variable: Option<(&str, &Path)>,
) -> Result<String> {
    environment.prepare(layout, &prerequisites::check()?)?;
    let mut command = Command::new(environment.program(layout, "python"));
    command.current_dir(layout.root.join(folder)).envs(variable);
    command.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "."]);
    run(&mut command, LIMIT)?;
    Ok(String::new())
}

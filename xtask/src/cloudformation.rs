//! `template.yaml` on the local AWS: deployed by `sam` exactly as on AWS, when something in it has changed.

use crate::artifacts::DOMAINS;
use crate::digest::{Digest, files_in};
use crate::failure::{Failure, Result};
use crate::layout::{Layout, REGION, STACK_NAME};
use crate::process::{capture, run_logged};
use crate::python::TOOLS;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::Duration;

const DEPLOY_LIMIT: Duration = Duration::from_mins(30);
const QUESTION_LIMIT: Duration = Duration::from_secs(90);
const SCRIPT: &str = "xtask/src/local_stack.py";
/// Capabilities and the like, per environment; relative to the repository.
pub const SAM_CONFIGURATION: &str = "infra/samconfig.toml";

/// What the local `CloudFormation` says of the stack.
#[derive(Debug, Deserialize)]
struct Deployment {
    status: String,
    /// The digest of what was deployed last, to its end.
    deployed: Option<String>,
    outputs: BTreeMap<String, String>,
}

/// Deploys if anything changed since the last deployment, and writes the outputs down. Gives a note for the
/// terminal.
pub fn deploy(layout: &Layout) -> Result<String> {
    let wanted = digest(layout)?;
    let before = describe(layout)?;
    let note = if before.deployed.as_ref() == Some(&wanted) && is_settled(&before.status) {
        "unchanged"
    } else {
        if never_stood(&before.status) {
            script(layout, &["discard", STACK_NAME])?;
        }
        sam_deploy(layout).map_err(|failure| explain(failure, &before.status, layout))?;
        script(layout, &["record", STACK_NAME, &wanted])?;
        if before.status == "ABSENT" { "created" } else { "updated" }
    };
    let after = describe(layout)?;
    if !is_settled(&after.status) {
        return Err(explain(
            Failure::new(format!("the stack is in {}", after.status)),
            &after.status,
            layout,
        ));
    }
    write_outputs(layout, &after.outputs)?;
    Ok(format!("{note}, {} outputs", after.outputs.len()))
}

/// Variables under which AWS tools speak to the local AWS and to nothing else, whatever the caller's shell and
/// home folder hold.
pub fn point_at_local_aws(command: &mut Command, layout: &Layout) {
    for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN"] {
        command.env_remove(name);
    }
    command
        .env("AWS_ENDPOINT_URL", layout.aws_url())
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", REGION)
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("SAM_CLI_TELEMETRY", "0");
}

fn sam_deploy(layout: &Layout) -> Result<()> {
    let mut command = Command::new(TOOLS.program(layout, "sam"));
    point_at_local_aws(&mut command, layout);
    command.current_dir(&layout.root).args(["deploy", "--template-file", "template.yaml"]);
    command.args(["--config-file", SAM_CONFIGURATION, "--config-env", "local", "--no-progressbar"]);
    command.args(["--stack-name", STACK_NAME, "--region", REGION, "--parameter-overrides"]);
    command.args(parameters(layout));
    run_logged(&mut command, DEPLOY_LIMIT, &layout.log("deploy"))
}

/// The template's parameters where the local stack departs from production.
fn parameters(layout: &Layout) -> Vec<String> {
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    vec![
        format!("Architecture={architecture}"),
        format!("LocalEndpoint={}", layout.aws_url()),
        format!("TwilioApiUrl={}", layout.twilio_url()),
        // The emulator's URLs carry these; without them every new state folder would have new URLs.
        "HttpApiId=5e900001".to_owned(),
        "SocketApiId=5e900002".to_owned(),
        // Every test comes from one address.
        "AttemptsPerSource=1000000".to_owned(),
        // A bench searches faster than anybody types.
        "SearchesPerMinute=6000".to_owned(),
    ]
}

/// Everything that a deployment depends on.
fn digest(layout: &Layout) -> Result<String> {
    let mut digest = Digest::default();
    digest.part("parameters", parameters(layout).join("\n").as_bytes());
    digest.file(&layout.root, &layout.root.join("template.yaml"))?;
    for template in files_in(&layout.root.join("infra"), ".yaml")? {
        // The description of the API lies among the templates but is none.
        if !template.ends_with("openapi.yaml") {
            digest.file(&layout.root, &template)?;
        }
    }
    for domain in DOMAINS {
        digest.file(&layout.root, &layout.artifact(domain).join("bootstrap"))?;
    }
    Ok(digest.finish())
}

fn describe(layout: &Layout) -> Result<Deployment> {
    let answer = script(layout, &["describe", STACK_NAME])?;
    serde_json::from_str(&answer)
        .map_err(|error| Failure::new(format!("{SCRIPT} describe: {error} in {}", answer.trim())))
}

fn script(layout: &Layout, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(TOOLS.program(layout, "python"));
    point_at_local_aws(&mut command, layout);
    capture(command.arg(layout.root.join(SCRIPT)).args(arguments), QUESTION_LIMIT)
}

fn write_outputs(layout: &Layout, outputs: &BTreeMap<String, String>) -> Result<()> {
    let file = layout.outputs_file();
    let text = serde_json::to_string_pretty(outputs).map_err(|error| Failure::new(error.to_string()))?;
    fs::write(&file, text + "\n").map_err(|error| Failure::at(&file, &error))
}

/// Created or updated to the end, and not rolled back.
fn is_settled(status: &str) -> bool {
    matches!(status, "CREATE_COMPLETE" | "UPDATE_COMPLETE")
}

/// A stack whose creation failed takes no update, and has nothing to lose.
fn never_stood(status: &str) -> bool {
    matches!(status, "CREATE_FAILED" | "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED")
}

fn explain(failure: Failure, status: &str, layout: &Layout) -> Failure {
    match failure {
        Failure::Message(message) if !is_settled(status) && status != "ABSENT" => Failure::Message(format!(
            "{message}\nThe stack was in {status}; if it stays there, start afresh with \
             `cargo xtask down --wipe{}`",
            layout.options()
        )),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stack_that_is_whole_counts_as_deployed() {
        assert!(is_settled("CREATE_COMPLETE") && is_settled("UPDATE_COMPLETE"));
        for status in ["ABSENT", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "CREATE_FAILED"] {
            assert!(!is_settled(status), "{status}");
        }
        assert!(never_stood("ROLLBACK_COMPLETE") && !never_stood("UPDATE_ROLLBACK_COMPLETE"));
    }

    #[test]
    fn the_answer_of_the_script_is_understood() {
        let answer = r#"{"status": "CREATE_COMPLETE", "deployed": null, "outputs": {"ApiUrl": "http://x"}}"#;
        let deployment: Deployment = serde_json::from_str(answer).unwrap();
        assert_eq!(deployment.outputs["ApiUrl"], "http://x");
        assert_eq!(deployment.deployed, None);
    }
}

//! Commit → notification in a browser: the page's own test of it, which writes down what it has measured.

use std::{fs, path::Path, process::Command};

use blackbox::{Error, Stack};
use serde::Deserialize;

use crate::{report::Report, samples::Samples, target_folder};

const P95_BUDGET_MS: f64 = 300.0;

#[derive(Deserialize)]
struct Measured {
    milliseconds: Vec<f64>,
}

pub fn measure(report: &mut Report) -> Result<(), Error> {
    let file = target_folder().join("bench").join("notifications.json");
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web");
    fs::create_dir_all(target_folder().join("bench")).map_err(|error| failed(error.into()))?;
    let status = Command::new("npm")
        .current_dir(web)
        .args(["run", "--silent", "bench"])
        .env("SEP_STACK", Stack::path().canonicalize().map_err(|error| failed(error.into()))?)
        .env("SEP_BENCH_FILE", &file)
        .status()
        .map_err(|error| failed(error.into()))?;
    if !status.success() {
        return Err(failed(format!("the browser's part ended with {status}").into()));
    }
    let text = fs::read_to_string(&file).map_err(|error| failed(error.into()))?;
    let measured: Measured = serde_json::from_str(&text).map_err(|error| failed(error.into()))?;
    let mut samples = Samples::default();
    measured.milliseconds.into_iter().for_each(|sample| samples.add_milliseconds(sample));
    report.latencies("commit_to_notification", &samples, Some(P95_BUDGET_MS));
    Ok(())
}

fn failed(source: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Description { what: "the notifications in Chromium".to_owned(), source }
}

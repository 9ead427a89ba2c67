//! How long a function takes from its process's start to its first poll, which is what a cold start adds of ours.

use std::{
    collections::BTreeMap,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use blackbox::Error;
use tokio::{io::AsyncReadExt, net::TcpListener, time::timeout};

use crate::{
    emulator::{Emulator, Function},
    report::Report,
    samples::Samples,
    target_folder,
};

const INIT_BUDGET_MS: f64 = 40.0;
const STARTS_OF_A_DOMAIN: usize = 40;
const POLL_LIMIT: Duration = Duration::from_secs(10);

/// Starts each domain's artifact against a Runtime API that does nothing but notice the first poll, with the variables that
/// its functions are deployed with, its functions by turns.
pub async fn measure(emulator: &Emulator, functions: &[Function], report: &mut Report) -> Result<(), Error> {
    let runtime_api = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
    let mut domains: BTreeMap<&str, Vec<&Function>> = BTreeMap::new();
    for function in functions {
        domains.entry(function.domain()).or_default().push(function);
    }
    for (domain, functions) in domains {
        for function in &functions {
            // Brings the artifact into the page cache.
            start(emulator, function, &runtime_api).await?;
        }
        let mut samples = Samples::default();
        for function in functions.iter().cycle().take(STARTS_OF_A_DOMAIN) {
            samples.add(start(emulator, function, &runtime_api).await?);
        }
        report.latencies(&format!("init.{domain}"), &samples, Some(INIT_BUDGET_MS));
    }
    Ok(())
}

/// From just before the process is spawned to the arrival of its first poll.
async fn start(
    emulator: &Emulator,
    function: &Function,
    runtime_api: &TcpListener,
) -> Result<Duration, Error> {
    let address = runtime_api.local_addr().map_err(failed)?.to_string();
    let started = Instant::now();
    let _process = Process(command(emulator, function, &address).spawn().map_err(failed)?);
    let polled = timeout(POLL_LIMIT, first_poll(runtime_api)).await;
    polled.map_err(|_| Error::TooLate { what: "a function's first poll", waited: POLL_LIMIT })??;
    Ok(started.elapsed())
}

/// What Lambda sets, and what the template adds.
fn command(emulator: &Emulator, function: &Function, runtime_api: &str) -> Command {
    let mut command = Command::new(target_folder().join("lambda").join(function.domain()).join("bootstrap"));
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
        .env("AWS_LAMBDA_FUNCTION_NAME", &function.name)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_size.to_string())
        .env("_HANDLER", &function.handler)
        .env("AWS_REGION", emulator.region())
        .env("AWS_ENDPOINT_URL", emulator.endpoint())
        .env("AWS_ACCESS_KEY_ID", "none")
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .envs(function.variables())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

async fn first_poll(runtime_api: &TcpListener) -> Result<(), Error> {
    let (mut connection, _) = runtime_api.accept().await.map_err(failed)?;
    let mut request = Vec::new();
    while !request.contains(&b'\n') {
        if connection.read_buf(&mut request).await.map_err(failed)? == 0 {
            break;
        }
    }
    let request = String::from_utf8_lossy(&request);
    let line = request.lines().next().unwrap_or_default();
    if line.starts_with("GET ") && line.contains("/runtime/invocation/next") {
        return Ok(());
    }
    Err(failed(std::io::Error::other(format!("instead of polling it sent {line:?}"))))
}

/// Ends with its measurement.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed, and need not be.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn failed(source: std::io::Error) -> Error {
    Error::Description { what: "the start of a function".to_owned(), source: source.into() }
}

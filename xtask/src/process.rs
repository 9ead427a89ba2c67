//! Children that end: every one has a time limit and a process group of its own, so that nothing hangs and
//! nothing is left behind when a limit passes or someone presses Ctrl-C.

use crate::failure::{Failure, Result};
use crate::interrupt::{self, Event};
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs::File;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

const GRACE: Duration = Duration::from_secs(5);

/// Runs `command` with the terminal's output. An error if it cannot start, fails or exceeds `limit`.
pub fn run(command: &mut Command, limit: Duration) -> Result<()> {
    let status = status(command, limit)?;
    if status.success() { Ok(()) } else { Err(failed(command, status)) }
}

/// Like [`run`], for a command whose exit code is an answer rather than a failure.
pub fn status(command: &mut Command, limit: Duration) -> Result<ExitStatus> {
    let child = spawn(command)?;
    wait(child, command, limit)
}

/// Runs `command` quietly into the file `log`; on failure its last lines are part of the message.
pub fn run_logged(command: &mut Command, limit: Duration, log: &Path) -> Result<()> {
    let file = File::create(log).map_err(|error| Failure::at(log, &error))?;
    let copy = file.try_clone().map_err(|error| Failure::at(log, &error))?;
    command.stdout(file).stderr(copy);
    run(command, limit).map_err(|failure| match failure {
        Failure::Message(message) => {
            Failure::Message(format!("{message}\n{}\nfull log: {}", tail(log, 25), log.display()))
        }
        Failure::Interrupted => Failure::Interrupted,
    })
}

/// Runs `command` and gives what it wrote to its standard output.
pub fn capture(command: &mut Command, limit: Duration) -> Result<String> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn(command)?;
    let output = read_aside(child.stdout.take());
    let errors = read_aside(child.stderr.take());
    let status = wait(child, command, limit)?;
    let output = output.recv_timeout(GRACE).unwrap_or_default();
    if status.success() {
        return Ok(output);
    }
    let errors = errors.recv_timeout(GRACE).unwrap_or_default();
    Err(Failure::new(format!("{}\n{}", failed(command, status), errors.trim_end())))
}

/// The last `count` lines of a log file, indented; empty when there is none.
pub fn tail(log: &Path, count: usize) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(count)..];
    last.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

fn spawn(command: &mut Command) -> Result<Child> {
    interrupt::check()?;
    command
        .process_group(0)
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| Failure::new(format!("cannot start {}: {error}", name(command))))
}

fn wait(mut child: Child, command: &Command, limit: Duration) -> Result<ExitStatus> {
    let group = group_of(&child);
    let (sender, events) = mpsc::channel();
    interrupt::subscribe(sender.clone());
    thread::spawn(move || {
        if let Ok(status) = child.wait() {
            let _ = sender.send(Event::Exited(status));
        }
    });
    match events.recv_timeout(limit) {
        Ok(Event::Exited(status)) => Ok(status),
        Ok(Event::Interrupted | Event::ServiceEnded(_)) => {
            end(group, &events);
            Err(Failure::Interrupted)
        }
        Err(RecvTimeoutError::Timeout) => {
            end(group, &events);
            Err(Failure::new(format!("{} did not finish within {} s", name(command), limit.as_secs())))
        }
        Err(RecvTimeoutError::Disconnected) => Err(Failure::new(format!("{} was lost", name(command)))),
    }
}

/// Asks the group to end, and insists when it has not within the grace period.
fn end(group: Option<Pid>, events: &mpsc::Receiver<Event>) {
    let Some(group) = group else { return };
    for signal in [Signal::TERM, Signal::KILL] {
        // A group that is already gone is what we want.
        let _ = kill_process_group(group, signal);
        if matches!(events.recv_timeout(GRACE), Ok(Event::Exited(_))) {
            return;
        }
    }
}

fn group_of(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

fn read_aside(stream: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_end(&mut bytes);
        }
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

fn failed(command: &Command, status: ExitStatus) -> Failure {
    let program = name(command);
    match status.code() {
        Some(code) => Failure::new(format!("{program} failed (exit code {code})")),
        None => Failure::new(format!("{program} was ended by a signal")),
    }
}

/// The program's name and its first argument, which tells `cargo build` from `cargo clippy`.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    match command.get_args().next() {
        Some(first) if !first.to_string_lossy().starts_with('-') => {
            format!("{program} {}", first.to_string_lossy())
        }
        _ => program,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_command_over_its_limit_is_ended_with_its_children() {
        let started = Instant::now();
        let failure = run(&mut shell("sleep 300 & sleep 300"), Duration::from_millis(200)).unwrap_err();
        assert!(failure.to_string().contains("did not finish within"), "{failure}");
        assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
    }

    #[test]
    fn output_is_captured_and_a_failure_carries_the_standard_error() {
        let limit = Duration::from_secs(10);
        assert_eq!(capture(&mut shell("echo out; echo aside >&2"), limit).unwrap(), "out\n");
        let failure = capture(&mut shell("echo reason >&2; exit 3"), limit).unwrap_err().to_string();
        assert!(failure.contains("exit code 3") && failure.contains("reason"), "{failure}");
    }

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let failure = run(&mut Command::new("no-such-program"), Duration::from_secs(1)).unwrap_err();
        assert!(failure.to_string().starts_with("cannot start no-such-program"), "{failure}");
    }
}

//! Pid files: which process we started for a service, and proof that the process now holding that pid is it.

use crate::failure::{Failure, Result};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// The kernel needs a moment to take a killed process apart.
const KILL_LIMIT: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(50);

/// What a pid file holds, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub pid: i32,
    pub port: u16,
    /// A part of the command line that only our process has: the program's full path.
    pub program: String,
    /// A digest of what the process was started from.
    pub version: String,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    Cleanly,
    /// By force: what it had not saved is lost.
    Killed,
}

impl Record {
    /// `None` for a file that is absent or not ours to understand: both mean that nothing is known to run.
    pub fn read(file: &Path) -> Option<Self> {
        parse(&fs::read_to_string(file).ok()?)
    }

    pub fn write(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string(self).map_err(|error| Failure::new(error.to_string()))?;
        fs::write(file, text + "\n").map_err(|error| Failure::at(file, &error))
    }

    /// Whether the pid is alive and still the program that was started. Pids are reused; command lines tell.
    pub fn is_ours(&self) -> bool {
        command_line(self.pid).is_some_and(|line| line.contains(&self.program))
    }

    /// Ends the process and waits for it, so that it can write its state down. Past `limit` it is killed.
    pub fn stop(&self, limit: Duration) -> Stopped {
        let Some(pid) = Pid::from_raw(self.pid) else { return Stopped::Cleanly };
        if !self.is_ours() {
            return Stopped::Cleanly;
        }
        // Gone between the look and the signal is gone all the same; so too below.
        let _ = kill_process(pid, Signal::TERM);
        if self.ends_within(limit) {
            return Stopped::Cleanly;
        }
        let _ = kill_process_group(pid, Signal::KILL);
        self.ends_within(KILL_LIMIT);
        Stopped::Killed
    }

    fn ends_within(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while self.is_ours() {
            if Instant::now() > deadline {
                return false;
            }
            thread::sleep(POLL);
        }
        true
    }

    /// Kills what a dead leader left behind: processes of its group that work in `folder`. A process elsewhere
    /// is not ours, whatever its group's number.
    pub fn sweep(&self, folder: &Path) {
        for member in members(self.pid) {
            let works_in = fs::read_link(format!("/proc/{member}/cwd")).unwrap_or_default();
            if works_in.starts_with(folder)
                && let Some(pid) = Pid::from_raw(member)
            {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }
}

fn parse(text: &str) -> Option<Record> {
    let record: Record = serde_json::from_str(text).ok()?;
    (record.pid > 1 && !record.program.is_empty()).then_some(record)
}

/// The command line of a process with spaces between its arguments; `None` once it has ended, zombies included.
pub fn command_line(pid: i32) -> Option<String> {
    let line = if Path::new("/proc/self/cmdline").exists() {
        let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        String::from_utf8_lossy(&bytes).replace('\0', " ")
    } else {
        let output =
            Command::new("ps").args(["-ww", "-o", "command=", "-p", &pid.to_string()]).output().ok()?;
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// The processes whose process group is `group`.
fn members(group: i32) -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| {
            let stat = fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat"))).unwrap_or_default();
            group_of(&stat) == Some(group)
        })
        .collect()
}

/// The process group in a line of `/proc/<pid>/stat`. The name in parentheses may hold anything, so the fields
/// count from the last parenthesis: state, parent, group.
fn group_of(stat: &str) -> Option<i32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Stdio};

    #[test]
    fn only_a_whole_record_is_read() {
        let text = r#"{"pid": 4242, "port": 4566, "program": "/srv/sep/launcher.py", "version": ""}"#;
        let record = parse(text).unwrap();
        assert_eq!((record.pid, record.port), (4242, 4566));
        let broken =
            ["", "4242", r#"{"pid": 4242}"#, r#"{"pid": -1, "port": 1, "program": "x", "version": ""}"#];
        for text in broken.into_iter().chain([r#"{"pid": 4242, "port": 1, "program": "", "version": ""}"#]) {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_group_is_found_behind_any_process_name() {
        assert_eq!(group_of("17 (boot strap) ) S 1 4242 4242 0 -1"), Some(4242));
        assert_eq!(group_of("nonsense"), None);
    }

    #[test]
    fn a_reused_pid_is_not_ours() {
        let own = i32::try_from(std::process::id()).unwrap();
        let program = command_line(own).unwrap();
        let ours = Record { pid: own, port: 1, program, version: String::new() };
        assert!(ours.is_ours());
        assert!(!Record { program: "/somewhere/launcher.py".into(), ..ours }.is_ours());
    }

    /// A process that says when it is ready: right after its start its command line may not be there yet.
    fn ready(script: &str) -> (Child, Record) {
        let mut command = Command::new("sh");
        command.args(["-c", script]).process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdout.as_mut().unwrap().read_exact(&mut [0; 6]).unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        (child, Record { pid, port: 1, program: script.into(), version: String::new() })
    }

    #[test]
    fn stopping_waits_until_the_process_has_ended() {
        let (mut child, record) = ready("echo ready; read line");
        assert!(record.is_ours());
        assert_eq!(record.stop(Duration::from_secs(5)), Stopped::Cleanly);
        assert!(!record.is_ours());
        assert!(!child.wait().unwrap().success());
    }

    #[test]
    fn a_process_that_ignores_the_request_is_killed() {
        let (mut child, record) = ready("trap '' TERM; echo ready; while true; do read line; done");
        assert_eq!(record.stop(Duration::from_millis(200)), Stopped::Killed);
        assert!(!child.wait().unwrap().success());
    }
}

//! The long-running processes of the stack: started apart from the terminal, known by pid files, asked for health.

use crate::digest::{Digest, files_in};
use crate::failure::{Failure, Result};
use crate::http;
use crate::interrupt::Event;
use crate::layout::Layout;
use crate::pidfile::{Record, Stopped};
use crate::ports;
use crate::process::tail;
use crate::python::LOCAL_AWS;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

const START_LIMIT: Duration = Duration::from_mins(1);
/// State of the emulator is written while it stops, and there may be much of it.
const STOP_LIMIT: Duration = Duration::from_mins(1);
const GIVE_UP_LIMIT: Duration = Duration::from_secs(10);
const HEALTH_LIMIT: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(50);

/// One process of the stack.
#[derive(Debug)]
pub struct Service {
    pub title: &'static str,
    name: &'static str,
    port: u16,
    /// The option that moves it to another port.
    option: &'static str,
    health: &'static str,
    /// A part of its command line that no other process has.
    program: PathBuf,
    /// What it is made of: a running process made of something else is restarted.
    version: String,
    layout: Layout,
    /// Variables beside those that every service of its kind gets.
    environment: Vec<(&'static str, String)>,
}

/// What is known of a service before anything is done.
#[derive(Debug, PartialEq, Eq)]
pub enum State {
    Absent,
    Healthy(Record),
    /// Ours and alive, but older than what lies in the checkout.
    Outdated(Record),
    /// Ours and alive, but without an answer to its health check; or dead with its children left over.
    HalfDead(Record),
}

impl State {
    /// What the pid file says, if there is one.
    pub fn record(self) -> Option<Record> {
        match self {
            Self::Absent => None,
            Self::Healthy(record) | Self::Outdated(record) | Self::HalfDead(record) => Some(record),
        }
    }
}

impl Service {
    /// The local AWS.
    pub fn aws(layout: &Layout) -> Self {
        let folder = layout.root.join("infra/local");
        let mut files = vec![folder.join("requirements.txt")];
        for code in [folder.clone(), folder.join("patches")] {
            files.extend(files_in(&code, ".py").unwrap_or_default());
        }
        Self {
            title: "local AWS",
            name: "aws",
            port: layout.aws_port,
            option: "--aws-port",
            health: "/_ministack/health",
            program: folder.join("launcher.py"),
            version: version(&files),
            layout: layout.clone(),
            environment: Vec::new(),
        }
    }

    /// The Twilio stand-in.
    pub fn twilio(layout: &Layout) -> Self {
        let program = layout.stack_binary("twilio-standin");
        Self {
            title: "Twilio stand-in",
            name: "twilio",
            port: layout.twilio_port,
            option: "--twilio-port",
            health: "/_control/log",
            version: version(std::slice::from_ref(&program)),
            program,
            layout: layout.clone(),
            environment: Vec::new(),
        }
    }

    /// The page, and what leads its requests to the API. `environment` says where that is.
    pub fn web(layout: &Layout, environment: Vec<(&'static str, String)>) -> Self {
        let web = layout.web();
        let files = ["package-lock.json", "app/vite.config.ts", "app/headers.ts"].map(|file| web.join(file));
        let told: Vec<String> = environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Self {
            title: "page",
            name: "web",
            port: layout.web_port,
            option: "--web-port",
            health: "/",
            program: web.join("node_modules/vite/bin/vite.js"),
            version: format!("{} {}", version(&files), told.join(" ")),
            layout: layout.clone(),
            environment,
        }
    }

    pub fn state(&self) -> State {
        let Some(record) = Record::read(&self.pid_file()) else { return State::Absent };
        if !record.is_ours() || http::status(record.port, self.health, HEALTH_LIMIT) != Some(200) {
            return State::HalfDead(record);
        }
        let current = record.version == self.version && record.port == self.port;
        if current { State::Healthy(record) } else { State::Outdated(record) }
    }

    /// Starts the process and waits until it answers. Its end, whenever it comes, is sent to `events`.
    pub fn start(&self, events: &Sender<Event>) -> Result<Record> {
        ports::require_free(self.port, &format!("the {}", self.title), self.option)?;
        let log = self.layout.log(self.name);
        // What the run before said is often what one wants to know after a restart.
        let _ = fs::rename(&log, log.with_extension("1.log"));
        let file = File::create(&log).map_err(|error| Failure::at(&log, &error))?;
        let copy = file.try_clone().map_err(|error| Failure::at(&log, &error))?;
        let mut child = self
            .command()?
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(copy)
            .spawn()
            .map_err(|error| Failure::new(format!("cannot start the {}: {error}", self.title)))?;
        let record = Record {
            pid: i32::try_from(child.id()).map_err(|error| Failure::new(error.to_string()))?,
            port: self.port,
            program: self.program.to_string_lossy().into_owned(),
            version: self.version.clone(),
        };
        record.write(&self.pid_file())?;
        let (ended, ends) = mpsc::channel();
        let (title, events) = (self.title, events.clone());
        thread::spawn(move || {
            let _ = child.wait();
            let _ = ended.send(());
            let _ = events.send(Event::ServiceEnded(title));
        });
        self.wait_until_healthy(&log, &ends).inspect_err(|_| {
            self.stop(&record);
        })?;
        Ok(record)
    }

    /// Stops the process, waits for what it has to write, and removes its pid file.
    pub fn stop(&self, record: &Record) -> Stopped {
        self.stop_within(record, STOP_LIMIT)
    }

    /// The same for a process that no longer answers: it will hardly write anything, but may get the chance.
    pub fn give_up(&self, record: &Record) -> Stopped {
        self.stop_within(record, GIVE_UP_LIMIT)
    }

    fn stop_within(&self, record: &Record, limit: Duration) -> Stopped {
        let stopped = record.stop(limit);
        record.sweep(&self.layout.state);
        // Absent is what it should be; a file that cannot be removed is overwritten by the next start.
        let _ = fs::remove_file(self.pid_file());
        stopped
    }

    fn wait_until_healthy(&self, log: &Path, ends: &Receiver<()>) -> Result<()> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            if http::status(self.port, self.health, HEALTH_LIMIT) == Some(200) {
                return Ok(());
            }
            crate::interrupt::check()?;
            // The pause between two looks ends early when the process does.
            let ended = !matches!(ends.recv_timeout(POLL), Err(RecvTimeoutError::Timeout));
            if ended || Instant::now() > deadline {
                let what = if ended { "ended at once" } else { "gave no sign of life within a minute" };
                return Err(Failure::new(format!(
                    "the {} {what}; the end of {}:\n{}",
                    self.title,
                    self.layout.display(log),
                    tail(log, 20)
                )));
            }
        }
    }

    fn command(&self) -> Result<Command> {
        if self.name == "twilio" {
            let mut command = Command::new(&self.program);
            command.current_dir(&self.layout.state).args(["--port", &self.port.to_string()]);
            return Ok(command);
        }
        if self.name == "web" {
            let mut command = Command::new("node");
            command.arg(&self.program).current_dir(self.layout.web().join("app"));
            command.args([
                "preview",
                "--host",
                "127.0.0.1",
                "--strictPort",
                "--port",
                &self.port.to_string(),
            ]);
            command.envs(self.environment.iter().map(|(name, value)| (name, value)));
            return Ok(command);
        }
        let state = self.layout.state.join("aws");
        let temporary = self.layout.state.join("tmp");
        for folder in [&state, &temporary] {
            fs::create_dir_all(folder).map_err(|error| Failure::at(folder, &error))?;
        }
        let mut command = Command::new(LOCAL_AWS.program(&self.layout, "python"));
        command
            .arg(&self.program)
            .current_dir(&self.layout.state)
            .env("GATEWAY_PORT", self.port.to_string())
            .env("STATE_DIR", state)
            .env("PERSIST_STATE", "1")
            .env("TMPDIR", temporary)
            .env("MINISTACK_REGION", crate::layout::REGION);
        Ok(command)
    }

    fn pid_file(&self) -> PathBuf {
        self.layout.run().join(format!("{}.pid", self.name))
    }
}

/// A file that is gone counts as empty: a process can outlive what it was started from, and must still be stopped.
fn version(files: &[PathBuf]) -> String {
    let mut digest = Digest::default();
    for file in files {
        digest.part(&file.to_string_lossy(), &fs::read(file).unwrap_or_default());
    }
    digest.finish()
}

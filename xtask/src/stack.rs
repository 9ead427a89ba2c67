//! The whole local stack: brought up step by step, used, and taken down in order.

use crate::artifacts;
use crate::cloudformation;
use crate::failure::{Failure, Result};
use crate::interrupt::{self, Event};
use crate::layout::Layout;
use crate::pidfile::{Record, Stopped};
use crate::prerequisites::{self, Prerequisites};
use crate::process::run_logged;
use crate::progress::{say, step};
use crate::python::{LOCAL_AWS, TOOLS, prepare_all};
use crate::service::{Service, State};
use crate::web;
use std::fs::{self, File, TryLockError};
use std::process::Command;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

const PROVISION_LIMIT: Duration = Duration::from_mins(2);

/// A stack that is up, and what this command has started of it.
pub struct Stack {
    layout: Layout,
    started: Vec<(Service, Record)>,
    sender: Sender<Event>,
    events: Receiver<Event>,
}

/// Builds, starts, deploys and seeds whatever is not yet as it should be. If a step fails, what this call started
/// is stopped again.
pub fn bring_up(layout: &Layout) -> Result<Stack> {
    let _lock = lock(layout)?;
    let (sender, events) = mpsc::channel();
    let mut stack = Stack { layout: layout.clone(), started: Vec::new(), sender, events };
    match stack.steps() {
        Ok(()) => Ok(stack),
        Err(failure) => {
            stack.stop();
            Err(failure)
        }
    }
}

/// Stops every service of the stack, whoever started it. Gives the titles of those that ran.
pub fn take_down(layout: &Layout) -> Result<Vec<&'static str>> {
    let _lock = lock(layout)?;
    let mut stopped = Vec::new();
    for service in [web::service(layout)?, Service::twilio(layout), Service::aws(layout)] {
        if let Some(record) = service.state().record() {
            if record.is_ours() {
                stopped.push(service.title);
            }
            warn_if_killed(&service, service.stop(&record));
        }
    }
    Ok(stopped)
}

impl Stack {
    /// Whether this command started a process of the stack; if not, it was running before and is left running.
    pub fn is_ours(&self) -> bool {
        !self.started.is_empty()
    }

    /// Stays until a signal comes or a service ends, which is a failure.
    pub fn wait(&self) -> Result<()> {
        interrupt::subscribe(self.sender.clone());
        match self.events.recv() {
            Ok(Event::ServiceEnded(title)) => Err(Failure::new(format!(
                "the {title} has ended; see {}",
                self.layout.display(&self.layout.logs())
            ))),
            _ => Ok(()),
        }
    }

    /// Stops what this command started, the last first. Signals that came before do not cut the stop short.
    pub fn stop(&mut self) {
        interrupt::forget();
        while let Some((service, record)) = self.started.pop() {
            warn_if_killed(&service, service.stop(&record));
        }
    }

    fn steps(&mut self) -> Result<()> {
        let layout = self.layout.clone();
        let prerequisites = step("Checking what this machine has", || {
            let found = prerequisites::check()?;
            let summary = found.summary.clone();
            Ok((found, summary))
        })?;
        step("Preparing the Python environments", || {
            Ok(((), prepare_environments(&layout, &prerequisites)?))
        })?;
        step("Building the page", || Ok(((), web::build(&layout)?)))?;
        let profile = if layout.debug_build { "debug" } else { "release" };
        step(&format!("Building the functions and the stand-in ({profile})"), || {
            artifacts::build(&layout)?;
            let changed = artifacts::place(&layout)?;
            Ok((
                (),
                if changed.is_empty() { "unchanged".into() } else { format!("new: {}", changed.join(", ")) },
            ))
        })?;
        for service in [Service::aws(&layout), Service::twilio(&layout)] {
            step(&format!("Starting the {}", service.title), || Ok(((), self.start(service)?)))?;
        }
        step("Deploying template.yaml", || Ok(((), cloudformation::deploy(&layout)?)))?;
        step("Seeding the demo tenants", || {
            provision(&layout)?;
            Ok(((), format!("wrote {}", layout.display(&layout.stack_file()))))
        })?;
        step("Starting the page", || Ok(((), self.start(web::service(&layout)?)?)))
    }

    fn start(&mut self, service: Service) -> Result<String> {
        let note = match service.state() {
            State::Healthy(record) => return Ok(format!("already running (pid {})", record.pid)),
            State::Absent => "started",
            State::Outdated(record) => {
                warn_if_killed(&service, service.stop(&record));
                "restarted, its code has changed"
            }
            State::HalfDead(record) => {
                warn_if_killed(&service, service.give_up(&record));
                "found dead or without an answer, started anew"
            }
        };
        let record = service.start(&self.sender)?;
        let note = format!("{note} (pid {}, port {})", record.pid, record.port);
        self.started.push((service, record));
        Ok(note)
    }
}

/// An environment cannot be remade under the emulator that runs in it.
fn prepare_environments(layout: &Layout, prerequisites: &Prerequisites) -> Result<String> {
    if !LOCAL_AWS.is_current(layout)? {
        let service = Service::aws(layout);
        if let Some(record) = service.state().record() {
            warn_if_killed(&service, service.stop(&record));
        }
    }
    prepare_all(&[LOCAL_AWS, TOOLS], layout, prerequisites)
}

fn warn_if_killed(service: &Service, stopped: Stopped) {
    if stopped == Stopped::Killed {
        say(&format!("    the {} did not stop and was killed; what it had not saved is lost", service.title));
    }
}

/// Two demo tenants with their users and telephony, and the file that leads clients to the stack. Idempotent.
fn provision(layout: &Layout) -> Result<()> {
    let mut command = Command::new(layout.stack_binary("provision"));
    cloudformation::point_at_local_aws(&mut command, layout);
    command.current_dir(&layout.root).arg("--outputs").arg(layout.outputs_file());
    command.arg("demo").arg("--stack-file").arg(layout.stack_file());
    command.args(["--twilio-url", &layout.twilio_url(), "--aws-endpoint", &layout.aws_url()]);
    command.args(["--web-url", &layout.web_url()]);
    run_logged(&mut command, PROVISION_LIMIT, &layout.log("provision"))?;
    if layout.stack_file().exists() {
        return Ok(());
    }
    Err(Failure::new(format!("`provision demo` did not write {}", layout.display(&layout.stack_file()))))
}

/// Held while the stack is brought up or taken down, so that two commands do not do both at once. The system
/// frees it with the process.
fn lock(layout: &Layout) -> Result<File> {
    let path = layout.run().join("lock");
    let file =
        File::options().create(true).append(true).open(&path).map_err(|error| Failure::at(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Failure::new("another `cargo xtask` is starting or stopping this stack: let it finish first"))
        }
        Err(TryLockError::Error(error)) => Err(Failure::at(&path, &error)),
    }
}

/// Removes the state of a stack that is down: the emulator's, the outputs, the logs.
pub fn wipe(layout: &Layout) -> Result<()> {
    for name in ["aws", "tmp", "log"] {
        let folder = layout.state.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| Failure::at(&folder, &error))?;
        }
    }
    for file in [layout.stack_file(), layout.outputs_file(), layout.seed_file()] {
        if file.exists() {
            fs::remove_file(&file).map_err(|error| Failure::at(&file, &error))?;
        }
    }
    Ok(())
}

//! Ctrl-C, SIGTERM and SIGHUP as events, so that what was started can be stopped in order.

use crate::failure::{Failure, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

static RECEIVED: AtomicBool = AtomicBool::new(false);
static LISTENER: Mutex<Option<Sender<Event>>> = Mutex::new(None);

/// What a wait can end with.
#[derive(Debug)]
pub enum Event {
    /// The child that is waited for has ended.
    Exited(ExitStatus),
    /// A service of the stack, named by its title, has ended.
    ServiceEnded(&'static str),
    /// A signal has come.
    Interrupted,
}

/// From here on signals no longer end the process; they end the waits of [`crate::process`].
pub fn install() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])
        .map_err(|error| Failure::new(format!("cannot listen for signals: {error}")))?;
    thread::spawn(move || {
        for _ in signals.forever() {
            RECEIVED.store(true, Ordering::SeqCst);
            if let Some(sender) = listener().as_ref() {
                // A receiver that is gone has stopped waiting; there is no one left to tell.
                let _ = sender.send(Event::Interrupted);
            }
        }
    });
    Ok(())
}

/// Sends every later signal to `sender`, and one at once if a signal came before.
pub fn subscribe(sender: Sender<Event>) {
    let mut listener = listener();
    if RECEIVED.load(Ordering::SeqCst) {
        let _ = sender.send(Event::Interrupted);
    }
    *listener = Some(sender);
}

/// An error if a signal has arrived since the start or since [`forget`].
pub fn check() -> Result<()> {
    if RECEIVED.load(Ordering::SeqCst) { Err(Failure::Interrupted) } else { Ok(()) }
}

/// Called before stopping what was started: the stop itself must run to its end. Another signal counts anew.
pub fn forget() {
    let mut listener = listener();
    RECEIVED.store(false, Ordering::SeqCst);
    *listener = None;
}

fn listener() -> MutexGuard<'static, Option<Sender<Event>>> {
    LISTENER.lock().unwrap_or_else(PoisonError::into_inner)
}

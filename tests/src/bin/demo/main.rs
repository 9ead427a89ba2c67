//! `cargo xtask demo`: the whole main job against a running stack, each step with its milliseconds.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the demo speaks to a terminal")]

use std::process::ExitCode;

use blackbox::{Error, Stack};

use screen::Screen;
use story::Story;

mod call;
mod screen;
mod story;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut screen = Screen::new();
    match play(&mut screen).await {
        Ok(()) => {
            screen.done();
            ExitCode::SUCCESS
        }
        Err(failure) => {
            screen.failed(&failure);
            ExitCode::FAILURE
        }
    }
}

async fn play(screen: &mut Screen) -> Result<(), Failure> {
    let stack = Stack::load()?;
    Story::new(&stack)?.tell(screen).await
}

/// Why the demo stops: the stack does not answer as it should, or it answers something that is not true.
pub enum Failure {
    Stack(Error),
    Untrue(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Stack(error)
    }
}

/// A claim of the story; what is not so ends it.
pub fn insist(so: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failure> {
    if so { Ok(()) } else { Err(Failure::Untrue(otherwise())) }
}

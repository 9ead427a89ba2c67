//! What the demo prints.

use std::{
    io::{IsTerminal, stdout},
    time::{Duration, Instant},
};

use crate::Failure;

/// Wide enough for the longest sentence with an address in it.
const SENTENCE_WIDTH: usize = 78;

/// Prints headings and steps; in colour where a terminal listens.
pub struct Screen {
    coloured: bool,
    started: Instant,
    steps: u32,
    /// The step under way, for the message when it fails.
    doing: &'static str,
}

impl Screen {
    pub fn new() -> Self {
        Self {
            coloured: stdout().is_terminal(),
            started: Instant::now(),
            steps: 0,
            doing: "reading where the stack is",
        }
    }

    pub fn heading(&self, text: &str) {
        println!("\n{}", self.paint("1", text));
    }

    /// Names what is tried next.
    pub fn begin(&mut self, doing: &'static str) {
        self.doing = doing;
    }

    /// A step that succeeded, and how long it took.
    pub fn step(&mut self, sentence: &str, took: Duration) {
        self.steps += 1;
        self.line(&format!("{} ms", milliseconds(took)), sentence);
    }

    /// Something that arrived by itself, `after` the step before it began.
    pub fn arrival(&mut self, sentence: &str, after: Duration) {
        self.steps += 1;
        self.line(&format!("+{} ms", milliseconds(after)), sentence);
    }

    pub fn done(&self) {
        let seconds = self.started.elapsed().as_secs_f64();
        let text = format!("All {} steps went as they should, in {seconds:.1} s.", self.steps);
        println!("\n{}", self.paint("1;32", &text));
    }

    pub fn failed(&self, failure: &Failure) {
        let reason = match failure {
            Failure::Stack(error) => error.chain(),
            Failure::Untrue(reason) => reason.clone(),
        };
        eprintln!("\n{} while {}: {reason}", self.paint("1;31", "The demo failed"), self.doing);
    }

    fn line(&self, time: &str, sentence: &str) {
        let mark = self.paint("32", "✓");
        println!("  {mark} {sentence:<SENTENCE_WIDTH$} {}", self.paint("2", &format!("{time:>9}")));
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.coloured { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn milliseconds(duration: Duration) -> String {
    let exact = duration.as_secs_f64() * 1000.0;
    if exact < 10.0 { format!("{exact:.1}") } else { format!("{exact:.0}") }
}

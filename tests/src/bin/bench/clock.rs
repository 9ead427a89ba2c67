//! Wall-clock times, for what is measured between two processes of this machine.

use std::time::Instant;

use blackbox::Error;
use jiff::Timestamp;

/// Relates this process's monotonic clock to the wall clock that the others stamp their times with.
#[derive(Clone, Copy)]
pub struct Clock {
    instant: Instant,
    time: Timestamp,
}

impl Clock {
    pub fn start() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "a bench is the main of its process, and measures real time"
        )]
        let time = Timestamp::now();
        Self { instant: Instant::now(), time }
    }

    /// The wall-clock time of an instant that is not before the clock's start.
    pub fn at(&self, instant: Instant) -> Timestamp {
        self.time + instant.duration_since(self.instant)
    }

    /// Milliseconds since the epoch, now.
    pub fn milliseconds(&self) -> i64 {
        self.at(Instant::now()).as_millisecond()
    }
}

/// Milliseconds from one time to another; negative where the second came first.
pub fn milliseconds_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() * 1000.0
}

/// Reads an RFC 3339 time.
pub fn parse(text: &str) -> Result<Timestamp, Error> {
    text.parse().map_err(|source: jiff::Error| Error::Description {
        what: format!("the time {text:?}"),
        source: source.into(),
    })
}

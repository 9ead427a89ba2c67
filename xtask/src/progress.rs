//! What the person at the terminal sees: a line per step with its seconds.

use crate::failure::Result;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

/// Announces a step, does it, and prints how long it took with the note that it gave.
pub fn step<T>(title: &str, work: impl FnOnce() -> Result<(T, String)>) -> Result<T> {
    println!("{title} …");
    let started = Instant::now();
    let (value, note) = work()?;
    println!("    {:>6}  {note}", seconds(started.elapsed()));
    Ok(value)
}

/// Prints a line while stopping. The terminal may be what has gone away, and that must not cut the stop short.
pub fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// `0.4 s`, `12.3 s`, `3 min 05 s`.
pub fn seconds(duration: Duration) -> String {
    if duration.as_secs() < 100 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", duration.as_secs() / 60, duration.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_times_are_given_in_minutes() {
        assert_eq!(seconds(Duration::from_millis(440)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 05 s");
    }
}

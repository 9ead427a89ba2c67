//! Wall-clock stamps and waits that `--speed` shortens.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{self, Instant};

#[derive(Debug, Clone, Copy)]
pub struct Clock {
    speed: f64,
}

impl Clock {
    pub fn new(speed: f64) -> Self {
        Self { speed }
    }

    /// The real time, UTC. Stamps are never scaled: the application under test compares them with its own.
    #[expect(clippy::unused_self, reason = "what is timed asks the clock that times it")]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place of the stand-in that reads the clock"
    )]
    pub fn now(self) -> Timestamp {
        Timestamp::now()
    }

    /// Waits `simulated` of the simulated network's time.
    pub async fn wait(self, simulated: Duration) {
        time::sleep(self.real(simulated)).await;
    }

    /// How much simulated time has passed since `start`.
    pub fn passed_since(self, start: Instant) -> Duration {
        self.simulated(start.elapsed())
    }

    /// The real time that a span of simulated time takes.
    pub fn real(self, simulated: Duration) -> Duration {
        simulated.div_f64(self.speed)
    }

    pub fn simulated(self, real: Duration) -> Duration {
        real.mul_f64(self.speed)
    }
}

/// RFC 2822 in UTC, the form every date of the 2010 API has.
pub fn rfc2822(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_the_form_of_the_published_examples() {
        let at = "2010-08-31T20:36:28.9Z".parse().expect("a timestamp");
        assert_eq!(rfc2822(at), "Tue, 31 Aug 2010 20:36:28 +0000");
    }
}

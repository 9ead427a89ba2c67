//! Time and randomness as an argument, so that a test decides both.

use crate::time::UtcTime;

/// The two things a process takes from its surroundings without being told.
pub trait Ambient: Send + Sync {
    /// The wall clock, UTC, whole milliseconds.
    fn now(&self) -> UtcTime;

    /// Fills `bytes` with randomness fit for keys, nonces and tickets.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's clock and entropy; the one implementation that ships.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemAmbient;

impl Ambient for SystemAmbient {
    fn now(&self) -> UtcTime {
        #[expect(clippy::disallowed_methods, reason = "this is where the ambient clock enters")]
        UtcTime::from(jiff::Timestamp::now())
    }

    /// # Panics
    /// When the kernel refuses entropy: nothing that follows could be secret, so going on would be worse.
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives entropy");
    }
}

//! Time and randomness that a test decides.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use kernel::{Ambient, UtcTime};

/// 2026-09-21T14:13:20Z: any moment will do, as long as it is always the same.
const START_MILLISECONDS: i64 = 1_790_000_000_000;

/// A clock that stands still until it is moved, and randomness that follows from a seed.
#[derive(Debug)]
pub struct FixedAmbient {
    milliseconds: AtomicI64,
    random_state: AtomicU64,
}

impl FixedAmbient {
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { milliseconds: AtomicI64::new(START_MILLISECONDS), random_state: AtomicU64::new(seed) }
    }

    pub fn set(&self, now: UtcTime) {
        self.milliseconds.store(now.as_millisecond(), Ordering::SeqCst);
    }

    pub fn advance_seconds(&self, seconds: i64) {
        self.milliseconds.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// `SplitMix64`: well mixed, a line long, and nothing secret depends on it.
    fn next_random(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self.random_state.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Brings `values` into an order that follows from the seed.
    pub fn shuffle<T>(&self, values: &mut [T]) {
        for end in (1..values.len()).rev() {
            let other = usize::try_from(self.next_random() % (end as u64 + 1)).unwrap_or(0);
            values.swap(end, other);
        }
    }
}

impl Ambient for FixedAmbient {
    fn now(&self) -> UtcTime {
        let milliseconds = self.milliseconds.load(Ordering::SeqCst);
        UtcTime::from_millisecond(milliseconds).expect("the test's clock stays within the calendar")
    }

    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_random().to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_only_when_told() {
        let ambient = FixedAmbient::seeded(1);
        let start = ambient.now();
        assert_eq!(ambient.now(), start);
        ambient.advance_seconds(90);
        assert_eq!(ambient.now(), start.plus_seconds(90));
        ambient.set(start);
        assert_eq!(ambient.now(), start);
    }

    #[test]
    fn the_seed_decides_the_randomness() {
        let draw = |ambient: &FixedAmbient| {
            let mut bytes = [0; 19];
            ambient.fill(&mut bytes);
            bytes
        };
        let (one, same, other) = (FixedAmbient::seeded(1), FixedAmbient::seeded(1), FixedAmbient::seeded(2));
        let first = draw(&one);
        assert_eq!(first, draw(&same));
        assert_ne!(first, draw(&one));
        assert_ne!(first, draw(&other));
    }
}

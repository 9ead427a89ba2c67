//! Durations, and their percentiles.

use std::time::Duration;

/// What was measured, in milliseconds.
#[derive(Debug, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub fn add(&mut self, duration: Duration) {
        self.add_milliseconds(duration.as_secs_f64() * 1000.0);
    }

    pub fn add_milliseconds(&mut self, milliseconds: f64) {
        self.0.push(milliseconds);
    }

    pub fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// By nearest rank: the smallest sample that at least `percent` of all are not above. Infinite where there is none, so that no
    /// budget is kept by measuring nothing.
    pub fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (sorted.len() * percent).div_ceil(100);
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::INFINITY)
    }
}

impl FromIterator<Duration> for Samples {
    fn from_iter<T: IntoIterator<Item = Duration>>(durations: T) -> Self {
        let mut samples = Self::default();
        durations.into_iter().for_each(|duration| samples.add(duration));
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_go_by_nearest_rank() {
        let samples: Samples = (1..=20).rev().map(Duration::from_millis).collect();
        let percentiles = [1, 50, 95, 99].map(|percent| samples.percentile(percent));
        assert!(
            percentiles.iter().zip([1.0, 10.0, 19.0, 20.0]).all(|(is, should)| (is - should).abs() < 1e-9)
        );
    }

    #[test]
    fn nothing_measured_keeps_no_budget() {
        assert!(Samples::default().percentile(95) > f64::MAX);
    }
}

//! Numbers that look random and are the same on every machine: the corpus is part of what is measured.

/// `SplitMix64`.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, and without, `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or(0)
    }

    /// In so many of a hundred cases.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// From 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A position below `bound` whose frequency falls with its rank, as names' do: the second is half as frequent as the first,
    /// the tenth a tenth (Zipf's law; by the inverse of the continuous distribution).
    pub fn ranked(&mut self, bound: usize) -> usize {
        self.ranked_evenly(bound, 0.0)
    }

    /// The same with the first ranks nearer to one another: as many as `evenness` are thought before the first (Mandelbrot's
    /// form of Zipf's law).
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ranks are far below 2^52"
    )]
    pub fn ranked_evenly(&mut self, bound: usize, evenness: f64) -> usize {
        let first = 1.0 + evenness;
        let rank = first * ((bound as f64 + first) / first).powf(self.unit()) - evenness;
        (rank as usize).saturating_sub(1).min(bound.saturating_sub(1))
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    pub fn pick_ranked<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.ranked(from.len())]
    }

    pub fn pick_ranked_evenly<'a, T: ?Sized>(&mut self, from: &[&'a T], evenness: f64) -> &'a T {
        from[self.ranked_evenly(from.len(), evenness)]
    }
}

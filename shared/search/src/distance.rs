//! Optimal string alignment distance (insertions, deletions, substitutions, transpositions of neighbours; no part edited twice),
//! bit-parallel after Hyyrö (2003): one machine word holds a column of the matrix.

/// A query word prepared for comparison with many words.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    length: u32,
    ascii: Box<[u64; 128]>,
    others: Vec<(char, u64)>,
    mask: u64,
}

/// How far a word is from a pattern; [`Distance::FAR`] is beyond what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Distance {
    /// To the whole word.
    pub(crate) whole: u32,
    /// To the nearest of the word's prefixes.
    pub(crate) prefix: u32,
}

impl Distance {
    pub(crate) const FAR: u32 = u32::MAX;
}

impl Pattern {
    /// `word` has at most 64 characters, as every word of at most 64 bytes has; what is behind them is ignored.
    pub(crate) fn new(word: &str) -> Self {
        let mut pattern =
            Self { length: 0, ascii: Box::new([0; 128]), others: Vec::new(), mask: character_mask(word) };
        for (position, character) in word.chars().take(64).enumerate() {
            pattern.length += 1;
            let bit = 1 << position;
            match pattern.ascii.get_mut(character as usize) {
                Some(positions) => *positions |= bit,
                None => match pattern.others.iter_mut().find(|(other, _)| *other == character) {
                    Some((_, positions)) => *positions |= bit,
                    None => pattern.others.push((character, bit)),
                },
            }
        }
        pattern
    }

    /// In characters.
    pub(crate) fn length(&self) -> u32 {
        self.length
    }

    pub(crate) fn mask(&self) -> u64 {
        self.mask
    }

    /// Both distances to `word`, as far as they are at most `limit`.
    pub(crate) fn distance(&self, word: &str, limit: u32) -> Distance {
        if word.is_ascii() {
            return self.distance_of_ascii(word.as_bytes(), limit);
        }
        let positions = word.chars().map(|character| self.positions(character));
        self.distance_along(positions, word.chars().count(), limit)
    }

    /// As [`Pattern::distance`], to a word of which it is known already that it is ASCII.
    pub(crate) fn distance_of_ascii(&self, word: &[u8], limit: u32) -> Distance {
        let positions = word.iter().map(|byte| self.ascii[usize::from(byte & 0x7f)]);
        self.distance_along(positions, word.len(), limit)
    }

    #[inline]
    fn distance_along(&self, columns: impl Iterator<Item = u64>, length: usize, limit: u32) -> Distance {
        let mut column = Column::new(self.length);
        let reach = (self.length + limit) as usize;
        let mut left = length.min(reach);
        let mut prefix = self.length;
        let within = |distance| if distance <= limit { distance } else { Distance::FAR };
        for equal in columns.take(left) {
            column.step(equal);
            prefix = prefix.min(column.score);
            left -= 1;
            // A step makes the score less by one at most.
            if column.score as usize > limit as usize + left {
                return Distance { whole: Distance::FAR, prefix: within(prefix) };
            }
        }
        let whole = if length <= reach { within(column.score) } else { Distance::FAR };
        Distance { whole, prefix: within(prefix) }
    }

    fn positions(&self, character: char) -> u64 {
        match self.ascii.get(character as usize) {
            Some(positions) => *positions,
            None => self.others.iter().find(|(other, _)| *other == character).map_or(0, |(_, bits)| *bits),
        }
    }
}

/// A column of the matrix in differences: where it steps up and down.
struct Column {
    up: u64,
    down: u64,
    diagonal: u64,
    before: u64,
    last: u64,
    score: u32,
}

impl Column {
    fn new(length: u32) -> Self {
        let last = 1_u64.checked_shl(length.saturating_sub(1)).unwrap_or(0);
        Self { up: u64::MAX, down: 0, diagonal: 0, before: 0, last, score: length }
    }

    #[inline]
    fn step(&mut self, equal: u64) {
        let transposed = ((!self.diagonal & equal) << 1) & self.before;
        self.diagonal = ((equal & self.up).wrapping_add(self.up) ^ self.up) | equal | self.down | transposed;
        let right = self.down | !(self.diagonal | self.up);
        let left = self.diagonal & self.up;
        self.score += u32::from(right & self.last != 0);
        self.score -= u32::from(left & self.last != 0);
        let right = (right << 1) | 1;
        self.up = (left << 1) | !(self.diagonal | right);
        self.down = right & self.diagonal;
        self.before = equal;
    }
}

/// Which characters a word has: a bit for each Latin letter and digit, one more for the second occurrence of a dozen
/// frequent letters, sixteen for all other characters. One edit takes away or adds one bit at most, so words whose
/// masks differ in more bits than edits are allowed need no comparison.
pub(crate) fn character_mask(word: &str) -> u64 {
    // Apart, so that no step waits for more than one operation of the step before: every loading computes all masks.
    let (mut once, mut again) = (0_u64, 0_u64);
    let mut add = |character: u32| {
        let (first, second) = match BITS.get(character as usize) {
            Some(bits) => *bits,
            None => (1 << (48 + character % 16), 0),
        };
        again |= if once & first == 0 { 0 } else { second };
        once |= first;
    };
    if word.is_ascii() {
        word.bytes().for_each(|byte| add(u32::from(byte)));
    } else {
        word.chars().for_each(|character| add(u32::from(character)));
    }
    once | again
}

/// The bits of each ASCII character: for where it occurs, and for where it occurs again.
const BITS: [(u64, u64); 128] = {
    const TWICE: &[u8; 12] = b"aeionrstlmcd";
    let mut bits = [(0, 0); 128];
    let mut character = 0;
    while character < 128 {
        let bit = match character {
            97..=122 => character - 97,
            48..=57 => character - 48 + 26,
            _ => character % 16 + 48,
        };
        bits[character] = (1 << bit, 0);
        character += 1;
    }
    let mut place = 0;
    while place < TWICE.len() {
        bits[TWICE[place] as usize].1 = 1 << (36 + place);
        place += 1;
    }
    bits
};

/// Whether at most `limit` bits are set.
#[inline]
pub(crate) fn at_most(mut bits: u64, limit: u32) -> bool {
    for _ in 0..limit {
        bits &= bits.wrapping_sub(1);
    }
    bits == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The matrix, as the definition has it.
    fn matrix(from: &[char], to: &[char]) -> Vec<Vec<u32>> {
        let mut cells = vec![vec![0_u32; to.len() + 1]; from.len() + 1];
        for row in 0..=from.len() {
            for column in 0..=to.len() {
                cells[row][column] = if row == 0 || column == 0 {
                    u32::try_from(row + column).unwrap()
                } else {
                    let differs = u32::from(from[row - 1] != to[column - 1]);
                    let mut best = (cells[row - 1][column] + 1)
                        .min(cells[row][column - 1] + 1)
                        .min(cells[row - 1][column - 1] + differs);
                    let transposed = row > 1
                        && column > 1
                        && from[row - 1] == to[column - 2]
                        && from[row - 2] == to[column - 1];
                    if transposed {
                        best = best.min(cells[row - 2][column - 2] + 1);
                    }
                    best
                };
            }
        }
        cells
    }

    proptest! {
        #[test]
        fn agrees_with_the_matrix(from in "[abcdж田]{1,64}", to in "[abcdж田]{0,70}", limit in 0_u32..70) {
            let (rows, columns): (Vec<_>, Vec<_>) = (from.chars().collect(), to.chars().collect());
            let last = matrix(&rows, &columns).pop().unwrap();
            let within = |distance: u32| if distance <= limit { distance } else { Distance::FAR };
            let expected = Distance {
                whole: within(*last.last().unwrap()),
                prefix: within(*last.iter().min().unwrap()),
            };
            prop_assert_eq!(Pattern::new(&from).distance(&to, limit), expected);
        }

        #[test]
        fn masks_never_hide_what_is_near(from in "[a-e0-2ж田]{1,12}", to in "[a-e0-2ж田]{0,14}", limit in 0_u32..4) {
            let distance = Pattern::new(&from).distance(&to, limit);
            let (from, to) = (character_mask(&from), character_mask(&to));
            if distance.whole != Distance::FAR {
                prop_assert!(at_most(from & !to, limit) && at_most(to & !from, limit));
            }
            if distance.prefix != Distance::FAR {
                prop_assert!(at_most(from & !to, limit));
            }
        }
    }

    #[test]
    fn neighbours_changed_about_are_one_edit() {
        let distance = |from: &str, to| Pattern::new(from).distance(to, 3).whole;
        assert_eq!(distance("jonh", "john"), 1);
        assert_eq!(distance("smtih", "smith"), 1);
        assert_eq!(distance("ca", "abc"), 3);
        assert_eq!(
            Pattern::new("jonat").distance("jonathan", 1),
            Distance { whole: Distance::FAR, prefix: 0 }
        );
    }
}

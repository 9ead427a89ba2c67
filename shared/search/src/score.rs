//! What a match is worth. Whole numbers throughout, so that every machine ranks alike.

use crate::{distance::Distance, document::Field, numbers::Reading};

/// The word itself, in thousandths like all qualities.
pub(crate) const EXACT: u32 = 1000;
/// The best that a word with a typo can be: behind every exact prefix.
const BEST_TYPO: u32 = 840;
/// What a phone number counts, in the unit of [`Field::weight`].
pub(crate) const PHONE_WEIGHT: u32 = 100;
/// A token that every second contact has counts three quarters of one that few have.
const RARITY_FLOOR: f64 = 0.75;

/// The quality of the first `length` characters of a word of `whole` characters.
pub(crate) fn prefix(length: u32, whole: u32) -> u32 {
    950 - (whole.saturating_sub(length) * 10).min(100)
}

/// A word of `length` characters with `edits` typos.
fn typo(edits: u32, length: u32) -> u32 {
    EXACT.saturating_sub(edits * (120 + 400 / length.max(1))).min(BEST_TYPO)
}

/// The quality of a word of `whole` characters that is that far from a token of `length`; `None` where it is too far.
pub(crate) fn quality(length: u32, whole: u32, distance: Distance) -> Option<u32> {
    let of_whole = match distance.whole {
        Distance::FAR => None,
        0 => Some(EXACT),
        edits => Some(typo(edits, length)),
    };
    let of_prefix = match distance.prefix {
        Distance::FAR => None,
        0 => Some(prefix(length, whole)),
        edits => Some(typo(edits, length).saturating_sub(80)),
    };
    of_whole.max(of_prefix)
}

/// The quality of a run of digits in a phone number: its end is what people remember. Groups too short for a telephone number
/// are worth less than the same groups in any text; of guesses the longest is the best, and none is as good as the number itself.
pub(crate) fn phone_quality(reading: Reading, length: usize, at_end: bool) -> Option<u32> {
    match (reading, at_end, length) {
        (Reading::Written, true, 7..) => Some(EXACT),
        (Reading::Written, true, _) => Some(900),
        (Reading::Written, false, _) => Some(800),
        (Reading::Grouped, true, _) => Some(590),
        (Reading::Grouped, false, _) => Some(550),
        (Reading::Guessed, true, _) => u32::try_from(length.min(12)).map(|length| 850 + 10 * length).ok(),
        (Reading::Guessed, false, _) => None,
    }
}

/// What a term in these fields counts, in hundredths: as much as the best of them.
pub(crate) fn field_weight(bits: u8) -> u32 {
    Field::ALL.into_iter().filter(|field| bits & field.bit() != 0).map(Field::weight).max().unwrap_or(0)
}

/// [`field_weight`] of every combination.
pub(crate) fn field_weights() -> [u32; 64] {
    std::array::from_fn(|bits| field_weight(u8::try_from(bits).unwrap_or(0)))
}

/// How much a token counts that `matched` of `all` contacts have, in thousandths.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of contacts are far below 2^52, and the result lies between 750 and 1000"
)]
pub(crate) fn rarity(matched: usize, all: usize) -> u32 {
    let (matched, all) = (matched.max(1) as f64, all.max(2) as f64);
    let rare = ((all / matched).ln() / all.ln()).clamp(0.0, 1.0);
    ((RARITY_FLOOR + (1.0 - RARITY_FLOOR) * rare) * 1000.0).round() as u32
}

/// The score of a contact: what its tokens are worth, lowered by the square of the share that it lacks of those that count.
/// `None` where it has fewer than half.
pub(crate) fn total(sum: u32, matched: usize, tokens: usize) -> Option<u32> {
    if matched * 2 < tokens || matched == 0 {
        return None;
    }
    let whole = u64::from(sum) * (matched * matched) as u64 / (tokens * tokens) as u64;
    u32::try_from(whole).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_is_better_than_a_prefix_and_a_prefix_than_a_typo() {
        for length in 1..=64 {
            for whole in length + 1..=64 {
                assert!(EXACT > prefix(length, whole));
                assert!(prefix(length, whole) > typo(1, length));
            }
            assert!(typo(1, length) >= typo(2, length));
        }
    }

    #[test]
    fn fields_count_as_much_as_their_best() {
        assert_eq!(field_weight(Field::Title.bit() | Field::Email.bit()), 85);
        assert_eq!(field_weight(0), 0);
    }

    #[test]
    fn rarity_has_a_floor() {
        assert_eq!(rarity(1, 100_000), 1000);
        assert_eq!(rarity(100_000, 100_000), 750);
        assert_eq!(rarity(0, 0), 1000);
    }

    #[test]
    fn half_of_the_tokens_must_match() {
        assert_eq!(total(1000, 1, 3), None);
        assert_eq!(total(1000, 1, 2), Some(250));
        assert_eq!(total(1000, 2, 2), Some(1000));
        assert_eq!(total(0, 0, 0), None);
    }
}

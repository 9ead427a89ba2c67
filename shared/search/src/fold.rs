//! What two spellings have in common: case, accents, widths and vowel points are folded away, letters of every script stay.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A folded character and the position, in characters, of what it was written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FoldedChar {
    pub(crate) folded: char,
    pub(crate) origin: usize,
}

/// Folds `text`. One written character may become several (`ß`), or none (an accent of its own).
pub(crate) fn fold(text: &str) -> Vec<FoldedChar> {
    let mut folded = Vec::with_capacity(text.len());
    for (origin, written) in text.chars().enumerate() {
        if written.is_ascii() {
            folded.push(FoldedChar { folded: written.to_ascii_lowercase(), origin });
            continue;
        }
        decompose_compatible(written, |part| {
            for lower in part.to_lowercase() {
                for letter in letters(&lower) {
                    folded.push(FoldedChar { folded: *letter, origin });
                }
            }
        });
    }
    folded
}

/// A text as it is compared with others: without case, accents and widths.
#[must_use]
pub fn fold_text(text: &str) -> String {
    fold(text).into_iter().map(|character| character.folded).collect()
}

/// What a decomposed lower-case character stands for; nothing where it only decorates another.
fn letters(character: &char) -> &[char] {
    if is_decoration(*character) {
        return &[];
    }
    match *character {
        'ß' => &['s', 's'],
        'æ' => &['a', 'e'],
        'œ' => &['o', 'e'],
        'þ' => &['t', 'h'],
        'ø' => &['o'],
        'đ' | 'ð' => &['d'],
        'ł' => &['l'],
        'ħ' => &['h'],
        'ı' => &['i'],
        'ŧ' => &['t'],
        'ς' => &['σ'],
        // Alef maksura and yeh, teh marbuta and heh are typed for each other.
        'ى' | 'ی' => &['ي'],
        'ة' => &['ه'],
        'ک' => &['ك'],
        _ => digit(*character).map_or(std::slice::from_ref(character), std::slice::from_ref),
    }
}

/// Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, the Arabic stretching stroke, apostrophes that count as
/// letters, and what has no width. Vowel signs of the scripts of India are letters to those who write them, and stay.
fn is_decoration(character: char) -> bool {
    matches!(character,
        '\u{2bb}' | '\u{2bc}' | '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}'
        | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{feff}')
}

/// The ASCII digit for a decimal digit of the scripts whose numerals people dial with.
fn digit(character: char) -> Option<&'static char> {
    const DIGITS: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    const ZEROS: [u32; 10] = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xc66, 0xe50, 0x1040];
    let code = u32::from(character);
    let zero = ZEROS.into_iter().find(|zero| (*zero..*zero + 10).contains(&code))?;
    DIGITS.get(usize::try_from(code - zero).ok()?)
}

/// Scripts that are written without spaces: every character may begin a word.
pub(crate) fn is_unspaced(character: char) -> bool {
    is_ideographic(character) || is_south_east_asian(character)
}

/// Chinese characters and kana.
pub(crate) fn is_ideographic(character: char) -> bool {
    matches!(character,
        '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3041}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Thai, Lao, Burmese and Khmer.
fn is_south_east_asian(character: char) -> bool {
    matches!(character,
        '\u{e01}'..='\u{e4f}' | '\u{e81}'..='\u{ecf}' | '\u{edc}'..='\u{edf}' | '\u{1000}'..='\u{103f}'
        | '\u{104c}'..='\u{108f}' | '\u{109a}'..='\u{109f}' | '\u{1780}'..='\u{17d3}')
}

/// Hangul, composed or, as folding leaves it, in letters.
pub(crate) fn is_hangul(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}')
}

/// Whether a folded character is part of a word.
pub(crate) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || is_combining_mark(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_fold_alike() {
        for (one, other) in [
            ("JOSÉ", "jose"),
            ("Müller", "muller"),
            ("Straße", "strasse"),
            ("Łukasz Ørsted", "lukasz orsted"),
            ("Ｊｏｈｎ", "john"),
            ("Семён", "семен"),
            ("ΓΙΏΡΓΟΣ", "γιωργος"),
            ("أحمد", "احمد"),
            ("مُحَمَّد", "محمد"),
            ("İstanbul", "istanbul"),
            ("٠١٢۳", "0123"),
            ("ｶﾀｶﾅ", "カタカナ"),
            ("O\u{2bc}Brien", "obrien"),
        ] {
            assert_eq!(fold_text(one), fold_text(other), "{one}");
        }
        // Vowel signs tell names apart.
        assert_ne!(fold_text("कुमार"), fold_text("कमर"));
    }

    #[test]
    fn a_folded_character_knows_where_it_was_written() {
        let origins: Vec<_> = fold("aßÉb").into_iter().map(|character| character.origin).collect();
        assert_eq!(origins, [0, 1, 1, 2, 3]);
    }
}

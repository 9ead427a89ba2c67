//! The numbers of a query: what of them to look for in telephone numbers, which are stored with their country's code.

use crate::{score, words::Word};

/// Digits from which on a number may be part of a phone number.
const MIN_FRAGMENT: usize = 3;
/// Digits from which on groups of digits are one phone number, however they are written.
const WHOLE_NUMBER: usize = 7;
/// Digits of the longest number that groups of digits are read as.
const MAX_NUMBER: usize = 30;
/// What is dialled before a country's code, where no plus stands.
const TO_ABROAD: [&str; 5] = ["00", "0011", "010", "011", "810"];

/// How a number came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As it was written.
    Written,
    /// From groups of digits that are too few for a telephone number: more likely they are no number at all.
    Grouped,
    /// With another country's way of dialling in mind: looked for at the end of numbers alone.
    Guessed,
}

/// Digits to look for in phone numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fragment {
    pub(crate) digits: String,
    pub(crate) reading: Reading,
}

impl Fragment {
    /// How good it is to have it in a number; `None` where it does not count there.
    pub(crate) fn quality(&self, at_end: bool) -> Option<u32> {
        score::phone_quality(self.reading, self.digits.len(), at_end)
    }
}

/// The number that the words begin with, in one group of digits or in several that belong together, and what to look for in
/// phone numbers for it.
pub(crate) fn first_number<'a>(
    words: &'a [Word],
    characters: &[char],
) -> Option<(&'a [Word], Vec<Fragment>)> {
    let together = &words[..number_run(words, characters)];
    let alone = &together[..together.len().min(1)];
    [together, alone].into_iter().find_map(|groups| Some((groups, fragments(groups, characters)?)))
}

fn is_number(word: &Word) -> bool {
    word.text.bytes().all(|byte| byte.is_ascii_digit())
}

/// How many of the first words are numbers with nothing but a phone number's punctuation between them. A plus begins another.
fn number_run(words: &[Word], characters: &[char]) -> usize {
    let mut run = 0;
    while words.get(run).is_some_and(is_number) {
        let together = run == 0 || {
            let between = between(&words[run - 1], &words[run], characters);
            between.iter().all(|one| one.is_whitespace() || (is_phone_mark(*one) && !is_plus(*one)))
        };
        if !together {
            break;
        }
        run += 1;
    }
    run
}

/// What stands between two words; nothing where they were written as one character (⅔).
fn between<'a>(one: &Word, next: &Word, characters: &'a [char]) -> &'a [char] {
    characters.get(one.range.end..next.range.start).unwrap_or_default()
}

fn is_plus(character: char) -> bool {
    matches!(character, '+' | '\u{ff0b}')
}

fn is_phone_mark(character: char) -> bool {
    is_plus(character)
        || matches!(
            character,
            '(' | ')' | '-' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{ff08}' | '\u{ff09}'
        )
}

/// What to look for in phone numbers for groups of digits; `None` where they are not one number, being neither enough of them
/// nor written as numbers are.
fn fragments(run: &[Word], characters: &[char]) -> Option<Vec<Fragment>> {
    let (first, last) = (run.first()?, run.last()?);
    let number = digits_of(run, characters);
    let before = &characters[first.range.start.saturating_sub(2)..first.range.start];
    if run.len() > 1 {
        let written = &characters[first.range.start..last.range.end];
        let marked = before.iter().chain(written).any(|character| is_phone_mark(*character));
        let joined = marked || number.len() >= WHOLE_NUMBER;
        if !joined || !(MIN_FRAGMENT..=MAX_NUMBER).contains(&number.len()) {
            return None;
        }
    }
    let grouped = run.len() > 1 && number.len() < WHOLE_NUMBER;
    let reading = if grouped { Reading::Grouped } else { Reading::Written };
    let mut fragments: Vec<Fragment> = Vec::new();
    let mut add = |digits: &str, reading: Reading, least: usize| {
        let known = fragments.iter().any(|fragment| fragment.digits == digits);
        if digits.len() >= least && !known {
            fragments.push(Fragment { digits: digits.to_owned(), reading });
        }
    };
    add(&number, reading, MIN_FRAGMENT);
    // The zeros that are dialled before a number are not part of it.
    add(number.trim_start_matches('0'), reading, MIN_FRAGMENT);
    let with_country = before.iter().any(|character| is_plus(*character));
    let guesses = if with_country { without_trunk(&number) } else { dialled(&number, run, characters) };
    for guess in guesses {
        add(&guess, Reading::Guessed, WHOLE_NUMBER);
    }
    Some(fragments)
}

/// The digits of all groups.
fn digits_of(run: &[Word], characters: &[char]) -> String {
    // The zero in +44 (0)20 is dialled inside the country only.
    let trunk = |at: usize, word: &Word| {
        at > 0
            && word.text == "0"
            && word.range.start.checked_sub(1).and_then(|before| characters.get(before)) == Some(&'(')
            && characters.get(word.range.end) == Some(&')')
    };
    let parts = run.iter().enumerate().filter(|(at, word)| !trunk(*at, word));
    parts.map(|(_, word)| word.text.as_str()).collect()
}

/// What a number with its country's code may mean: without the zero that some write behind the code, and with or without the
/// nine that Brazil has put before its mobile numbers.
fn without_trunk(number: &str) -> Vec<String> {
    let zero = (1..=3).filter(|code| number.as_bytes().get(*code) == Some(&b'0'));
    let mut guesses: Vec<String> =
        zero.map(|code| format!("{}{}", &number[..code], &number[code + 1..])).collect();
    if let Some(national) = number.strip_prefix("55") {
        guesses.extend(brazilian(national).map(|national| format!("55{national}")));
    }
    guesses
}

/// The other form of an area code of two digits and a Brazilian mobile number.
fn brazilian(national: &str) -> Option<String> {
    match national.len() {
        10 => Some(format!("{}9{}", &national[..2], &national[2..])),
        11 if national[2..].starts_with('9') => Some(format!("{}{}", &national[..2], &national[3..])),
        _ => None,
    }
}

/// What a number as it is dialled may mean: one of another country; one behind an eight, as it is dialled in Russia; the last
/// of its groups, where the first were no part of it or the caller's own way out.
fn dialled(number: &str, run: &[Word], characters: &[char]) -> Vec<String> {
    let mut guesses = Vec::new();
    for abroad in TO_ABROAD.into_iter().filter_map(|prefix| number.strip_prefix(prefix)) {
        guesses.push(abroad.to_owned());
        guesses.extend(without_trunk(abroad));
    }
    guesses.extend(number.strip_prefix('8').map(str::to_owned));
    guesses.extend(brazilian(number.trim_start_matches('0')));
    for start in 1..run.len() {
        let before = between(&run[start - 1], &run[start], characters);
        if before.iter().any(|character| character.is_whitespace()) {
            guesses.push(digits_of(&run[start..], characters).trim_start_matches('0').to_owned());
        }
    }
    guesses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;

    /// What is looked for as written, and what as a guess.
    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        let characters: Vec<char> = text.chars().collect();
        let (_, fragments) = first_number(&words(text), &characters).unwrap_or_default();
        let (guessed, written): (Vec<_>, Vec<_>) =
            fragments.into_iter().partition(|fragment| fragment.reading == Reading::Guessed);
        let digits =
            |fragments: Vec<Fragment>| fragments.into_iter().map(|fragment| fragment.digits).collect();
        (digits(written), digits(guessed))
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for text in ["+1 (415) 555-0132", "14155550132", "1.415.555.0132", "１４１５５５５０１３２"]
        {
            assert_eq!(read(text), (vec!["14155550132".to_owned()], vec![]), "{text}");
        }
        assert_eq!(read("1 415 555 0132").0, ["14155550132"]);
        assert_eq!(read("+44 (0)20 7946 0018").0, ["442079460018"]);
        assert_eq!(read("020 7946 0018").0, ["02079460018", "2079460018"]);
        assert_eq!(read("0044 20 7946 0018").0, ["00442079460018", "442079460018"]);
        assert_eq!(read("12 studio 7"), (vec![], vec![]));
    }

    #[test]
    fn a_number_is_looked_for_as_other_countries_store_it() {
        for (text, stored) in [
            ("8 (495) 123-45-67", "4951234567"),
            ("84951234567", "4951234567"),
            ("011 44 20 7946 0018", "442079460018"),
            ("+44 (020) 7946 0018", "442079460018"),
            ("0044 020 7946 0018", "442079460018"),
            ("+49 0171 5550132", "491715550132"),
            ("+55 11 5550-1320", "5511955501320"),
            ("(11) 5550-1320", "11955501320"),
            ("(011) 95550-1320", "1155501320"),
            ("39 415 555 0132", "4155550132"),
        ] {
            assert!(read(text).1.iter().any(|guess| guess == stored), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn guesses_have_the_digits_of_a_number() {
        for text in ["8 415 55", "011 4420", "39 555 013", "+44 020 79"] {
            assert_eq!(read(text).1, Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn few_digits_in_groups_may_be_no_number() {
        let (words, characters) = (words("24/7"), ['2', '4', '/', '7']);
        let (groups, fragments) = first_number(&words, &characters).unwrap();
        assert_eq!(groups.len(), 2);
        assert_eq!(fragments, [Fragment { digits: "247".to_owned(), reading: Reading::Grouped }]);
    }
}

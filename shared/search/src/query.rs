//! What somebody typed, as tokens to look for.

use std::ops::Range;

use crate::{
    distance::Pattern,
    words::{Word, is_stop_word, parts_of, words},
};

/// Characters of a query; more than anybody types.
pub const MAX_QUERY: usize = 500;
/// Tokens that are looked for; further ones are ignored.
pub const MAX_TOKENS: usize = 8;
/// Digits from which on a number may be part of a phone number.
const MIN_FRAGMENT: usize = 3;
/// Digits from which on groups of digits are one phone number, however they are written.
const WHOLE_NUMBER: usize = 7;

/// Why a text cannot be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error("the query has more than {MAX_QUERY} characters")]
    TooLong,
    #[error("the query has control characters")]
    ControlCharacter,
}

/// A word, or a run of digits, of a query.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) pattern: Pattern,
    /// Longer words that begin with it are found too.
    pub(crate) prefix: bool,
    /// Typos allowed when compared with whole words.
    pub(crate) whole_limit: u32,
    /// Typos allowed when compared with the beginnings of words.
    pub(crate) prefix_limit: u32,
    /// Looked for in phone numbers; one of them suffices.
    pub(crate) fragments: Vec<String>,
}

/// A parsed query. One without tokens finds nothing.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub(crate) tokens: Vec<Token>,
}

impl Query {
    /// Words and numbers of `text`. Spaces, tabs and line ends part words; other control characters are refused.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let text = text.trim();
        if text.chars().count() > MAX_QUERY {
            return Err(QueryError::TooLong);
        }
        if text.chars().any(|character| character.is_control() && !character.is_whitespace()) {
            return Err(QueryError::ControlCharacter);
        }
        let pieces = pieces(text);
        let last = pieces.len().saturating_sub(1);
        let tokens = pieces
            .into_iter()
            .enumerate()
            .filter(|(position, piece)| *position == last || !is_stop_word(&piece.text))
            .map(|(position, piece)| piece.into_token(position == last))
            .take(MAX_TOKENS)
            .collect();
        Ok(Self { tokens })
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }
}

/// A token before it is known which is the last.
struct Piece {
    text: String,
    unspaced: bool,
    fragments: Vec<String>,
}

impl Piece {
    fn into_token(self, last: bool) -> Token {
        let pattern = Pattern::new(&self.text);
        let length = pattern.length();
        let number = self.text.bytes().all(|byte| byte.is_ascii_digit());
        let (whole_limit, typing_limit) = match (number, length) {
            (true, _) | (_, 0..=2) => (0, 0),
            (_, 3) => (1, 0),
            (_, 4) => (1, 1),
            (_, 5..=6) => (2, 1),
            (_, 7..) => (2, 2),
        };
        let typing = last || self.unspaced;
        Token {
            prefix: typing || length >= 3,
            whole_limit,
            prefix_limit: if typing { typing_limit } else { 0 },
            pattern,
            text: self.text,
            fragments: self.fragments,
        }
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let characters: Vec<char> = text.chars().collect();
    let words = without_domain_ends(words(text), &characters);
    let mut pieces = Vec::new();
    let mut rest = words.as_slice();
    while let Some(first) = rest.first() {
        let run = number_run(rest, &characters);
        if let Some(number) = whole_number(&rest[..run], &characters) {
            pieces.push(Piece { text: number.clone(), unspaced: false, fragments: fragments(&number) });
            rest = &rest[run..];
            continue;
        }
        if first.unspaced {
            let parts = parts_of(&first.text).into_iter();
            pieces.extend(parts.map(|text| Piece { text, unspaced: true, fragments: Vec::new() }));
        } else {
            let fragments = if is_number(first) { fragments(&first.text) } else { Vec::new() };
            pieces.push(Piece { text: first.text.clone(), unspaced: false, fragments });
        }
        rest = &rest[1..];
    }
    pieces
}

/// The last label of an e-mail address's domain is not indexed, so it is not looked for.
fn without_domain_ends(mut words: Vec<Word>, characters: &[char]) -> Vec<Word> {
    let mut ends: Vec<Range<usize>> = Vec::new();
    for (at, _) in characters.iter().enumerate().filter(|(_, character)| **character == '@') {
        let domain = characters[at..].iter().take_while(|character| !character.is_whitespace()).count();
        let domain = at..at + domain;
        if let Some(dot) = characters[domain.clone()].iter().rposition(|character| *character == '.') {
            ends.push(domain.start + dot..domain.end);
        }
    }
    words.retain(|word| !ends.iter().any(|end| end.contains(&word.range.start)));
    words
}

fn is_number(word: &Word) -> bool {
    word.text.bytes().all(|byte| byte.is_ascii_digit())
}

/// How many of the first words are numbers with nothing but a phone number's punctuation between them.
fn number_run(words: &[Word], characters: &[char]) -> usize {
    let mut run = 0;
    while words.get(run).is_some_and(is_number) {
        let together = run == 0 || {
            // Two numbers written as one character (⅔) have nothing between them.
            let between = words[run - 1].range.end..words[run].range.start;
            let between = characters.get(between).unwrap_or_default();
            between.iter().all(|character| character.is_whitespace() || is_phone_mark(*character))
        };
        if !together {
            break;
        }
        run += 1;
    }
    run
}

fn is_phone_mark(character: char) -> bool {
    matches!(
        character,
        '+' | '(' | ')' | '-' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{ff0b}' | '\u{ff08}' | '\u{ff09}'
    )
}

/// The digits of several groups that are one number: enough of them, or written as numbers are.
fn whole_number(run: &[Word], characters: &[char]) -> Option<String> {
    let (first, last) = (run.first()?, run.last()?);
    // The zero in +44 (0)20 is dialled inside the country only.
    let trunk = |word: &Word| {
        word.text == "0"
            && word.range.start > first.range.start
            && characters.get(word.range.start - 1) == Some(&'(')
            && characters.get(word.range.end) == Some(&')')
    };
    let number: String = run.iter().filter(|word| !trunk(word)).map(|word| word.text.as_str()).collect();
    let start = first.range.start.saturating_sub(2);
    let marked = characters[start..last.range.end].iter().any(|character| is_phone_mark(*character));
    let several = run.len() > 1 && (marked || number.len() >= WHOLE_NUMBER);
    (several && number.len() >= MIN_FRAGMENT && number.len() <= 30).then_some(number)
}

/// What to look for in phone numbers: the digits, and without the zeros that are dialled before a number and not part of it.
fn fragments(number: &str) -> Vec<String> {
    let stripped = number.trim_start_matches('0');
    let mut fragments = vec![number.to_owned()];
    if stripped.len() < number.len() {
        fragments.push(stripped.to_owned());
    }
    fragments.retain(|fragment| fragment.len() >= MIN_FRAGMENT);
    fragments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        Query::parse(text).unwrap().tokens.into_iter().map(|token| token.text).collect()
    }

    fn fragments_of(text: &str) -> Vec<String> {
        Query::parse(text).unwrap().tokens.into_iter().flat_map(|token| token.fragments).collect()
    }

    #[test]
    fn numbers_are_one_token_however_they_are_written() {
        for text in
            ["+1 (415) 555-0132", "1 415 555 0132", "14155550132", "1.415.555.0132", "１４１５５５５０１３２"]
        {
            assert_eq!(fragments_of(text), ["14155550132"], "{text}");
        }
        assert_eq!(fragments_of("+44 (0)20 7946 0018"), ["442079460018"]);
        assert_eq!(fragments_of("020 7946 0018"), ["02079460018", "2079460018"]);
        assert_eq!(fragments_of("0044 20 7946 0018"), ["00442079460018", "442079460018"]);
        assert_eq!(texts("smith 415-555"), ["smith", "415555"]);
        assert_eq!(texts("studio 54 2020"), ["studio", "54", "2020"]);
        assert_eq!(fragments_of("12 studio 7"), Vec::<String>::new());
    }

    #[test]
    fn stop_words_count_only_while_they_are_typed() {
        assert_eq!(texts("the and of"), ["of"]);
        assert_eq!(texts("Smith & Co Ltd"), ["smith", "ltd"]);
        assert!(Query::parse("… !!").unwrap().is_empty());
        assert!(Query::parse("").unwrap().is_empty());
    }

    #[test]
    fn the_end_of_a_domain_is_not_looked_for() {
        assert_eq!(texts("j.smith@acme.com"), ["j", "smith", "acme"]);
        assert_eq!(texts("j.smith@acme"), ["j", "smith", "acme"]);
        assert_eq!(texts("@acme.co.uk jones"), ["acme", "jones"]);
    }

    #[test]
    fn what_nobody_types_is_refused_or_cut() {
        assert_eq!(Query::parse(&"a".repeat(10_000)).unwrap_err(), QueryError::TooLong);
        assert_eq!(Query::parse("a\u{0}b").unwrap_err(), QueryError::ControlCharacter);
        assert_eq!(texts("a\tb\nc").len(), 2, "`a` is a stop word");
        assert_eq!(texts(&"x1 ".repeat(20)).len(), MAX_TOKENS);
        assert_eq!(texts(&"я".repeat(400)), ["я".repeat(32)]);
        assert_eq!(texts(&"田".repeat(400)), vec!["田".repeat(8); MAX_TOKENS]);
    }
}

//! What somebody typed, as tokens to look for.

use std::ops::Range;

use crate::{
    distance::Pattern,
    numbers::{Fragment, first_number},
    words::{Word, is_stop_word, parts_of, words},
};

/// Characters of a query; more than anybody types.
pub const MAX_QUERY: usize = 500;
/// Tokens that are looked for; further ones are ignored.
pub const MAX_TOKENS: usize = 8;

/// Why a text cannot be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error("the query has more than {MAX_QUERY} characters")]
    TooLong,
    #[error("the query has control characters")]
    ControlCharacter,
}

/// A word to look for.
#[derive(Debug, Clone)]
pub(crate) struct SoughtWord {
    pub(crate) text: String,
    pub(crate) pattern: Pattern,
    /// Longer words that begin with it are found too.
    pub(crate) prefix: bool,
    /// Typos allowed when compared with whole words.
    pub(crate) whole_limit: u32,
    /// Typos allowed when compared with the beginnings of words.
    pub(crate) prefix_limit: u32,
}

/// What a contact has or lacks as a whole: a word, or groups of digits that may be one telephone number.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// One word, or the groups; who has them all has the token.
    pub(crate) words: Vec<SoughtWord>,
    /// So has who has one of these in a phone number.
    pub(crate) fragments: Vec<Fragment>,
    /// A stop word beside others: it is worth something where it is found, and nothing is lacking where it is not.
    pub(crate) optional: bool,
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
        // Nothing but stop words: the one that is being typed may become another word.
        let only_stop_words = pieces.iter().all(Piece::is_stop_word);
        let into_token = |(position, piece): (usize, Piece)| {
            let typing = position == last;
            let optional = piece.is_stop_word() && !(only_stop_words && typing);
            piece.into_token(typing, optional)
        };
        Ok(Self { tokens: first_tokens(pieces.into_iter().enumerate().map(into_token).collect()) })
    }

    /// How many tokens a contact can lack.
    pub(crate) fn required(&self) -> usize {
        self.tokens.iter().filter(|token| !token.optional).count()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }
}

/// As many as are looked for; what nobody needs to have gives way.
fn first_tokens(mut tokens: Vec<Token>) -> Vec<Token> {
    let required = tokens.iter().filter(|token| !token.optional).count().min(MAX_TOKENS);
    let (mut room, mut room_beside) = (required, MAX_TOKENS - required);
    tokens.retain(|token| {
        let room = if token.optional { &mut room_beside } else { &mut room };
        let fits = *room > 0;
        *room = room.saturating_sub(1);
        fits
    });
    tokens
}

/// A token before it is known which is the last.
struct Piece {
    words: Vec<String>,
    unspaced: bool,
    fragments: Vec<Fragment>,
}

impl Piece {
    fn word(text: String, unspaced: bool) -> Self {
        Self { words: vec![text], unspaced, fragments: Vec::new() }
    }

    fn is_stop_word(&self) -> bool {
        self.words.iter().all(|word| is_stop_word(word))
    }

    fn into_token(self, last: bool, optional: bool) -> Token {
        let (typing, last_word) = (last || self.unspaced, self.words.len() - 1);
        let words = self.words.into_iter().enumerate();
        let words = words.map(|(position, word)| {
            if optional {
                SoughtWord::exactly(word, last)
            } else {
                SoughtWord::new(word, typing && position == last_word)
            }
        });
        Token { words: words.collect(), fragments: self.fragments, optional }
    }
}

impl SoughtWord {
    fn new(text: String, typing: bool) -> Self {
        let pattern = Pattern::new(&text);
        let length = pattern.length();
        let number = text.bytes().all(|byte| byte.is_ascii_digit());
        let (whole_limit, typing_limit) = match (number, length) {
            (true, _) | (_, 0..=2) => (0, 0),
            (_, 3) => (1, 0),
            (_, 4) => (1, 1),
            (_, 5..=6) => (2, 1),
            (_, 7..) => (2, 2),
        };
        Self {
            prefix: typing || length >= 3,
            whole_limit,
            prefix_limit: if typing { typing_limit } else { 0 },
            pattern,
            text,
        }
    }

    /// Without typos, and as a beginning only while it is typed.
    fn exactly(text: String, typing: bool) -> Self {
        Self { pattern: Pattern::new(&text), prefix: typing, whole_limit: 0, prefix_limit: 0, text }
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let characters: Vec<char> = text.chars().collect();
    let words = without_domain_ends(words(text), &characters);
    let mut pieces = Vec::new();
    let mut rest = words.as_slice();
    while let Some(first) = rest.first() {
        let mut taken = 1;
        if let Some((groups, fragments)) = first_number(rest, &characters) {
            taken = groups.len();
            let words = groups.iter().map(|word| word.text.clone()).collect();
            pieces.push(Piece { words, unspaced: false, fragments });
        } else if first.unspaced {
            pieces.extend(parts_of(&first.text).into_iter().map(|part| Piece::word(part, true)));
        } else {
            pieces.push(Piece::word(first.text.clone(), false));
        }
        rest = &rest[taken..];
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

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let words = Query::parse(text).unwrap().tokens.into_iter().flat_map(|token| token.words);
        words.map(|word| word.text).collect()
    }

    fn optional(text: &str) -> Vec<bool> {
        Query::parse(text).unwrap().tokens.into_iter().map(|token| token.optional).collect()
    }

    #[test]
    fn groups_of_digits_are_one_token_and_as_many_words() {
        for (text, words, tokens) in [
            ("24/7", vec!["24", "7"], 1),
            ("smith 415-555", vec!["smith", "415", "555"], 2),
            ("pier 39 415 555 0132", vec!["pier", "39", "415", "555", "0132"], 2),
            ("1 415 555 0132 +44 20", vec!["1", "415", "555", "0132", "44", "20"], 2),
            ("studio 54 2020", vec!["studio", "54", "2020"], 3),
        ] {
            assert_eq!(texts(text), words, "{text}");
            assert_eq!(Query::parse(text).unwrap().tokens.len(), tokens, "{text}");
        }
    }

    #[test]
    fn stop_words_are_optional_beside_others() {
        assert_eq!(texts("the and of"), ["the", "and", "of"]);
        assert_eq!(optional("the and of"), [true, true, false]);
        assert_eq!(optional("Smith & Co Ltd"), [false, true, true]);
        assert_eq!(optional("Sa Kim"), [true, false]);
        assert_eq!(Query::parse("Smith & Co Ltd").unwrap().required(), 1);
        // As many of them as there may be, they do not keep others out.
        let many = Query::parse("the of and a for de co sa mr mrs john smith").unwrap();
        assert_eq!((many.tokens.len(), many.required()), (MAX_TOKENS, 2));
        assert!(Query::parse("… !!").unwrap().is_empty());
        assert!(Query::parse("").unwrap().is_empty());
    }

    #[test]
    fn the_end_of_a_domain_is_not_looked_for() {
        assert_eq!(texts("j.smith@acme.com"), ["j", "smith", "acme"]);
        assert_eq!(texts("j.smith@acme"), ["j", "smith", "acme"]);
        assert_eq!(texts("@acme.co.uk jones"), ["acme", "co", "jones"]);
    }

    #[test]
    fn what_nobody_types_is_refused_or_cut() {
        assert_eq!(Query::parse(&"a".repeat(10_000)).unwrap_err(), QueryError::TooLong);
        assert_eq!(Query::parse("a\u{0}b").unwrap_err(), QueryError::ControlCharacter);
        assert_eq!(texts("x\tb\nc").len(), 3);
        assert_eq!(texts(&"x1 ".repeat(20)).len(), MAX_TOKENS);
        assert_eq!(texts(&"я".repeat(400)), ["я".repeat(32)]);
        assert_eq!(texts(&"田".repeat(400)), vec!["田".repeat(8); MAX_TOKENS]);
    }
}

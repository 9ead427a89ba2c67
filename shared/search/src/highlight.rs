//! Where in the original text a query was found, to be marked for whoever reads it.

use std::ops::Range;

use crate::{
    distance::Distance,
    query::{Query, Token},
    words::{Word, words},
};

impl Query {
    /// The stretches of `text` (a name, a company, an address, a tag …) that match, in characters, in order, none touching
    /// another.
    #[must_use]
    pub fn highlight(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        for word in words(text) {
            ranges.extend(self.tokens.iter().filter_map(|token| in_word(token, &word, text)));
        }
        merge(ranges)
    }

    /// The stretches of a phone number, as it was written, with the digits that match.
    #[must_use]
    pub fn highlight_phone(&self, text: &str) -> Vec<Range<usize>> {
        let digits: Vec<(char, usize)> = crate::fold::fold(text)
            .into_iter()
            .filter(|character| character.folded.is_ascii_digit())
            .map(|character| (character.folded, character.origin))
            .collect();
        let number: String = digits.iter().map(|(digit, _)| *digit).collect();
        let mut ranges = Vec::new();
        for fragment in self.tokens.iter().flat_map(|token| &token.fragments) {
            for (at, _) in number.match_indices(fragment.as_str()) {
                ranges.push(digits[at].1..digits[at + fragment.len() - 1].1 + 1);
            }
        }
        merge(ranges)
    }
}

/// The part of a word that a token stands for.
fn in_word(token: &Token, word: &Word, text: &str) -> Option<Range<usize>> {
    let length = token.pattern.length() as usize;
    let written: usize = word.range.len();
    if word.unspaced {
        let at = word.text.find(&token.text)?;
        let skipped = word.text[..at].chars().count();
        let start = word.range.start + skipped;
        return Some(start..(start + length).min(word.range.end));
    }
    if token.prefix && word.text.starts_with(&token.text) {
        // Folding may have made one character of several or several of one: then all of the word is marked.
        let plain = word.text.chars().count() == written && !token.text.is_empty();
        return Some(if plain {
            word.range.start..word.range.start + length
        } else {
            prefix_in(word, token, text)
        });
    }
    let distance = token.pattern.distance(&word.text, token.whole_limit.max(token.prefix_limit));
    let whole = distance.whole != Distance::FAR && distance.whole <= token.whole_limit;
    let prefix =
        token.prefix_limit > 0 && distance.prefix != Distance::FAR && distance.prefix <= token.prefix_limit;
    (whole || prefix).then(|| word.range.clone())
}

/// The written characters of a word that a token, which it begins with, covers.
fn prefix_in(word: &Word, token: &Token, text: &str) -> Range<usize> {
    let length = token.pattern.length() as usize;
    let covered = crate::fold::fold(text)
        .into_iter()
        .filter(|character| word.range.contains(&character.origin) && crate::fold::is_word(character.folded))
        .take(length)
        .last()
        .map_or(word.range.end, |character| character.origin + 1);
    word.range.start..covered
}

fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(query: &str, text: &str) -> Vec<String> {
        let characters: Vec<char> = text.chars().collect();
        let ranges = Query::parse(query).unwrap().highlight(text);
        ranges.into_iter().map(|range| characters[range].iter().collect()).collect()
    }

    #[test]
    fn marks_what_was_found_as_it_was_written() {
        assert_eq!(marked("jonh smi", "John Smith"), ["John", "Smi"]);
        assert_eq!(marked("muller", "Frau Müller-Lüdenscheidt"), ["Müller"]);
        assert_eq!(marked("strass", "Große Straße"), ["Straß"]);
        assert_eq!(marked("太郎", "田中太郎"), ["太郎"]);
        assert_eq!(marked("obr", "Pat O'Brien"), ["O'Br"]);
        assert_eq!(marked("김민", "김민수"), ["김민"]);
        assert!(marked("zzz", "John Smith").is_empty());
        assert!(marked("", "John").is_empty());
    }

    #[test]
    fn marks_digits_with_what_stands_between_them() {
        let query = Query::parse("555 0132").unwrap();
        assert_eq!(query.highlight_phone("+1 (415) 555-0132"), vec![9..17]);
        assert!(query.highlight_phone("+44 20 7946 0018").is_empty());
    }
}

//! Cutting text into the words that are indexed, sought and highlighted.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::fold::{FoldedChar, fold, is_hangul, is_ideographic, is_unspaced, is_word};

/// Bytes of a folded word that count; what is behind them is cut off, of words and of queries alike. A run without spaces is
/// many words and is not cut, only its terms are.
pub(crate) const MAX_WORD_BYTES: usize = 64;

/// Characters of a run without spaces, with the marks on them, that one indexed suffix holds.
const MAX_RUN: usize = 8;

/// Suffixes of a run without spaces that are indexed: more than a company's name has, and a bound for what is none.
const MAX_SUFFIXES: usize = 128;

/// Never worth an entry: they stand in every other title and company, and tell nobody apart.
const STOP_WORDS: [&str; 25] = [
    "a", "ag", "and", "bv", "co", "company", "corp", "de", "et", "for", "gmbh", "inc", "limited", "llc",
    "ltd", "mr", "mrs", "ms", "of", "oy", "plc", "sa", "the", "und", "y",
];

/// A folded word and the characters of the text that it was written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// Of each character of `text`, which character of the original it was written as.
    origins: Vec<usize>,
    /// In characters of the original.
    pub(crate) range: Range<usize>,
    /// Written without spaces: parts of it are words too.
    pub(crate) unspaced: bool,
}

impl Word {
    /// The characters of the original behind some of the folded ones, of which there is one at least.
    pub(crate) fn written(&self, folded: Range<usize>) -> Range<usize> {
        self.origins[folded.start]..self.origins[folded.end - 1] + 1
    }
}

pub(crate) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// The words of a text, in order. An apostrophe joins (`O'Brien` is one word), anything else that is neither letter nor digit
/// parts.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let characters = fold(text);
    let mut words = Vec::new();
    let mut current: Vec<FoldedChar> = Vec::new();
    for (position, character) in characters.iter().enumerate() {
        let unspaced = is_unspaced(character.folded);
        let apart = current.first().is_some_and(|first| is_unspaced(first.folded) != unspaced)
            && !is_combining_mark(character.folded);
        if apart {
            finish(&mut current, &mut words);
        }
        if is_word(character.folded) {
            current.push(*character);
        } else if !joins(&characters, position, !current.is_empty()) {
            finish(&mut current, &mut words);
        }
    }
    finish(&mut current, &mut words);
    words
}

/// An apostrophe inside a word.
fn joins(characters: &[FoldedChar], position: usize, inside: bool) -> bool {
    let apostrophe = matches!(characters[position].folded, '\'' | '\u{2019}' | '`');
    apostrophe && inside && characters.get(position + 1).is_some_and(|next| is_word(next.folded))
}

fn finish(current: &mut Vec<FoldedChar>, words: &mut Vec<Word>) {
    let (Some(first), Some(last)) = (current.first(), current.last()) else { return };
    let range = first.origin..last.origin + 1;
    let unspaced = is_unspaced(first.folded);
    if !unspaced {
        let counted = counted(current);
        current.truncate(counted);
    }
    words.push(Word {
        text: current.iter().map(|character| character.folded).collect(),
        origins: current.iter().map(|character| character.origin).collect(),
        range,
        unspaced,
    });
    current.clear();
}

/// How many characters of a word count.
fn counted(characters: &[FoldedChar]) -> usize {
    let mut bytes = 0;
    let fits = |character: &&FoldedChar| {
        bytes += character.folded.len_utf8();
        bytes <= MAX_WORD_BYTES
    };
    characters.iter().take_while(fits).count()
}

/// The indexed terms of a word: itself, and for a run without spaces what begins at each of its characters that is no mark on
/// the one before it.
fn terms_of(word: &Word) -> Vec<String> {
    if !word.unspaced {
        return vec![word.text.clone()];
    }
    let characters: Vec<char> = word.text.chars().collect();
    let begins = |at: &usize| *at == 0 || !is_combining_mark(characters[*at]);
    let starts = (0..characters.len()).filter(begins).take(MAX_SUFFIXES);
    starts.map(|start| characters[start..part_end(&characters, start)].iter().collect()).collect()
}

/// A run without spaces in parts, one behind the other, each as long as an indexed suffix.
pub(crate) fn parts_of(run: &str) -> Vec<String> {
    let characters: Vec<char> = run.chars().collect();
    let mut parts = Vec::new();
    let mut start = 0;
    while start < characters.len() {
        let end = part_end(&characters, start);
        parts.push(characters[start..end].iter().collect());
        start = end;
    }
    parts
}

/// Where the part of a run that begins at `start` ends, which is behind it.
fn part_end(characters: &[char], start: usize) -> usize {
    let (mut begun, mut bytes) = (0, 0);
    for (at, character) in characters.iter().enumerate().skip(start) {
        begun += usize::from(at == start || !is_combining_mark(*character));
        bytes += character.len_utf8();
        if begun > MAX_RUN || bytes > MAX_WORD_BYTES {
            return at;
        }
    }
    characters.len()
}

/// The terms of a name, a title or a company.
pub(crate) fn text_terms(text: &str, stop_words: bool) -> Vec<String> {
    words(text).iter().filter(|word| stop_words || !is_stop_word(&word.text)).flat_map(terms_of).collect()
}

/// The terms of an e-mail address: the words of its local part, these joined where there are several, and the words of its
/// domain without the last label.
pub(crate) fn email_terms(address: &str) -> Vec<String> {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let mut terms = text_terms(local, true);
    if terms.len() > 1 && local.is_ascii() {
        let mut joined = terms.concat();
        joined.truncate(MAX_WORD_BYTES);
        terms.push(joined);
    }
    let named = domain.rsplit_once('.').map_or(domain, |(named, _)| named);
    terms.extend(text_terms(named, false));
    terms
}

/// Family name and given name as the Chinese, Japanese and Koreans write them, with no space between; nothing for other scripts.
pub(crate) fn joined_name_terms(first: &str, last: &str) -> Vec<String> {
    let without_space = |name: &str| {
        let folded = fold(name);
        !folded.is_empty() && folded.iter().all(|one| is_ideographic(one.folded) || is_hangul(one.folded))
    };
    if without_space(first) && without_space(last) {
        text_terms(&format!("{last}{first}"), true)
    } else {
        Vec::new()
    }
}

/// The ASCII digits of a text, of whatever script they were written in.
#[must_use]
pub fn digits(text: &str) -> String {
    fold(text).into_iter().map(|character| character.folded).filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold_text;

    fn texts(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn stop_words_are_in_order() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn words_part_at_what_is_no_letter() {
        assert_eq!(texts("Anne-Marie O’Brien, Ph.D."), ["anne", "marie", "obrien", "ph", "d"]);
        assert_eq!(texts("  'quoted'  "), ["quoted"]);
        assert_eq!(texts("株式会社ABC商事"), ["株式会社", "abc", "商事"]);
        assert_eq!(texts("दीपक कुमार").len(), 2);
        assert!(texts("…—!\u{7}").is_empty());
    }

    #[test]
    fn a_word_knows_its_characters() {
        let ranges: Vec<_> = words("Zoë O'Neil").into_iter().map(|word| word.range).collect();
        assert_eq!(ranges, [0..3, 4..10]);
    }

    #[test]
    fn a_run_is_found_from_any_of_its_characters() {
        assert_eq!(text_terms("田中太郎", true), ["田中太郎", "中太郎", "太郎", "郎"]);
        assert_eq!(joined_name_terms("太郎", "田中")[0], "田中太郎");
        assert!(joined_name_terms("Taro", "田中").is_empty());
        assert!(joined_name_terms("สมชาย", "ใจดี").is_empty());
    }

    #[test]
    fn a_mark_begins_no_part_of_a_run() {
        // The voiced kana and the Thai vowel above fold to a letter and a mark.
        assert_eq!(text_terms("ガス", true), ["カ\u{3099}ス", "ス"]);
        assert_eq!(text_terms("ดีมาก", true), ["ดีมาก", "มาก", "าก", "ก"]);
        let parts = parts_of(&fold_text("デジタルガレージ部"));
        assert_eq!(parts, [fold_text("デジタルガレージ"), "部".to_owned()]);
    }

    #[test]
    fn a_long_run_has_short_terms_for_all_of_it() {
        let terms = text_terms("中国石油天然气股份有限公司北京销售分公司海淀区第三加油站", true);
        assert!(terms.iter().any(|term| term == "加油站"));
        assert!(terms.iter().any(|term| term.starts_with("海淀区第三")));
        assert!(terms.iter().all(|term| term.chars().count() <= MAX_RUN));
        // However much is written on one character, and however long the run is.
        let terms = text_terms(&format!("ก{}", "\u{e35}".repeat(100)), true);
        assert!(terms.iter().all(|term| term.len() <= MAX_WORD_BYTES));
        assert_eq!(text_terms(&"田".repeat(1000), true).len(), MAX_SUFFIXES);
    }

    #[test]
    fn an_address_is_found_by_its_words() {
        assert_eq!(email_terms("j.smith@mail.acme.com"), ["j", "smith", "jsmith", "mail", "acme"]);
        assert_eq!(email_terms("broken"), ["broken"]);
    }

    #[test]
    fn words_are_cut_at_whole_characters() {
        let long = "ж".repeat(100);
        assert_eq!(texts(&long), ["ж".repeat(32)]);
    }
}

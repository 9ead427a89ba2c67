//! Where in the original text a query was found, to be marked for whoever reads it.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::{
    distance::Distance,
    fold::{fold, is_hangul},
    query::{Query, SoughtWord, Token},
    words::{Word, words},
};

impl Query {
    /// The stretches of `text` (a name, a company, an address, a tag …) that match, in characters, in order, none touching
    /// another. None is empty, and none reaches over the text's end.
    #[must_use]
    pub fn highlight(&self, text: &str) -> Vec<Range<usize>> {
        let words = words(text);
        merge(self.tokens.iter().flat_map(|token| in_text(token, &words)).collect())
    }

    /// The stretches of a phone number, as it was written, with the digits that match.
    #[must_use]
    pub fn highlight_phone(&self, text: &str) -> Vec<Range<usize>> {
        let digits: Vec<_> =
            fold(text).into_iter().filter(|character| character.folded.is_ascii_digit()).collect();
        let number: String = digits.iter().map(|digit| digit.folded).collect();
        let mut ranges = Vec::new();
        for fragment in self.tokens.iter().flat_map(|token| &token.fragments) {
            let length = fragment.digits.len();
            let places = (0..number.len()).filter(|at| number[*at..].starts_with(&fragment.digits));
            for at in places.filter(|at| fragment.quality(at + length == number.len()).is_some()) {
                ranges.push(digits[at].origin..digits[at + length - 1].origin + 1);
            }
        }
        merge(ranges)
    }
}

/// Where a token's words are; nowhere unless all of them are there.
fn in_text(token: &Token, words: &[Word]) -> Vec<Range<usize>> {
    let places = |sought: &SoughtWord| words.iter().filter_map(|word| in_word(sought, word)).collect();
    let found: Vec<Vec<_>> = token.words.iter().map(places).collect();
    if found.iter().any(Vec::is_empty) { Vec::new() } else { found.concat() }
}

/// The part of a word that a sought one stands for.
fn in_word(sought: &SoughtWord, word: &Word) -> Option<Range<usize>> {
    let length = sought.pattern.length() as usize;
    let begins = if word.unspaced {
        word.text.find(&sought.text).map(|at| word.text[..at].chars().count())
    } else {
        (sought.prefix && word.text.starts_with(&sought.text)).then_some(0)
    };
    if let Some(begins) = begins {
        return Some(word.written(begins..begins + length));
    }
    if is_part_of_name(word, sought) {
        return Some(word.range.clone());
    }
    if word.unspaced {
        return None;
    }
    let distance = sought.pattern.distance(&word.text, sought.whole_limit.max(sought.prefix_limit));
    let whole = distance.whole != Distance::FAR && distance.whole <= sought.whole_limit;
    let prefix =
        sought.prefix_limit > 0 && distance.prefix != Distance::FAR && distance.prefix <= sought.prefix_limit;
    (whole || prefix).then(|| word.range.clone())
}

/// A whole name may be sought where its parts stand in two texts: the Chinese, Japanese and Koreans write no space between.
fn is_part_of_name(word: &Word, sought: &SoughtWord) -> bool {
    if !word.unspaced && !word.text.chars().all(is_hangul) {
        return false;
    }
    // A syllable's final consonant and a mark belong to what is before them.
    let goes_on = |rest: &str| {
        let next = rest.chars().next();
        next.is_some_and(|next| is_combining_mark(next) || matches!(next, '\u{11a8}'..='\u{11ff}'))
    };
    let at_start = sought.text.strip_prefix(&word.text).is_some_and(|rest| !goes_on(rest));
    at_start || sought.text.ends_with(&word.text)
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
    use proptest::{prelude::*, sample::select};

    use super::*;
    use crate::fold::{fold_text, is_word};

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
        assert_eq!(marked("商事", "ガスパル商事"), ["商事"]);
        assert_eq!(marked("部", "デジタルガレージ部"), ["部"]);
        assert_eq!(marked("ガレージ", "デジタルガレージ部"), ["ガレージ"]);
        assert_eq!(marked("owe", "O'Weiß"), ["O'We"]);
        assert_eq!(marked("สยาม", "บริษัทสยามเทคโนโลยีจำกัด"), ["สยาม"]);
        assert!(marked("zzz", "John Smith").is_empty());
        assert!(marked("", "John").is_empty());
    }

    #[test]
    fn marks_both_parts_of_a_name_written_as_one() {
        for (query, last, first) in
            [("田中太郎", "田中", "太郎"), ("김민수", "김", "민수"), ("王伟", "王", "伟")]
        {
            assert_eq!(marked(query, last), [last]);
            assert_eq!(marked(query, first), [first]);
        }
        // Neither another syllable that begins alike nor what stands in the middle.
        assert!(marked("김민수", "기").is_empty());
        assert!(marked("田中太郎", "中").is_empty());
        assert!(marked("smithson", "Smith").is_empty());
    }

    #[test]
    fn marks_groups_of_digits_where_all_of_them_are() {
        assert_eq!(marked("24/7", "24/7 Services"), ["24", "7"]);
        assert!(marked("24/7", "24 Hours").is_empty());
    }

    #[test]
    fn marks_digits_with_what_stands_between_them() {
        let query = Query::parse("555 0132").unwrap();
        assert_eq!(query.highlight_phone("+1 (415) 555-0132"), vec![9..17]);
        assert!(query.highlight_phone("+44 20 7946 0018").is_empty());
        let query = Query::parse("8 (495) 123-45-67").unwrap();
        assert_eq!(query.highlight_phone("8 (495) 123-45-67"), vec![0..17]);
        assert_eq!(query.highlight_phone("+74951234567"), vec![2..12]);
        // A guess is the end of a number or nothing.
        assert!(query.highlight_phone("+749512345670").is_empty());
    }

    /// What of a text counts when it is compared.
    fn compared(text: &[char]) -> String {
        let folded = fold_text(&text.iter().collect::<String>());
        folded.chars().filter(|character| is_word(*character)).collect()
    }

    fn text() -> impl Strategy<Value = String> {
        const PIECES: &[&str] = &[
            "ガス",
            "ぱル",
            "商事",
            "ﾃﾞ",
            "O'We",
            "iß",
            "Ǆ",
            "ﬃ",
            "e\u{301}",
            "Zoë",
            "김",
            "민수",
            "สยาม",
            "กำ",
            "ʼ",
            " ",
            "-",
            "·",
            "株式会社",
            "\u{3099}",
            "\u{200b}",
        ];
        prop::collection::vec(select(PIECES), 1..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_is_marked_is_what_was_sought(text in text(), other in text(), from: prop::sample::Index, length in 1..6_usize) {
            let all: Vec<char> = text.chars().collect();
            let from = from.index(all.len());
            let part: String = all[from..(from + length).min(all.len())].iter().collect();
            for query in [&part, &other] {
                let query = Query::parse(query).unwrap();
                let mut before = None;
                for range in query.highlight(&text) {
                    prop_assert!(before < Some(range.start) && range.start < range.end && range.end <= all.len());
                    before = Some(range.end);
                }
                for word in query.tokens.iter().flat_map(|token| &token.words) {
                    for range in words(&text).iter().filter_map(|one| in_word(word, one)) {
                        let marked = compared(&all[range]);
                        let near = word.pattern.distance(&marked, 2).prefix <= 2;
                        let alike = marked.contains(&word.text) || word.text.contains(&marked);
                        prop_assert!(near || alike, "{marked} for {}", word.text);
                    }
                }
            }
        }

        #[test]
        fn a_word_of_the_text_is_marked_whole(text in text()) {
            for word in words(&text).into_iter().filter(|word| !word.unspaced) {
                let written: String = text.chars().skip(word.range.start).take(word.range.len()).collect();
                let query = Query::parse(&written).unwrap();
                let ranges = query.highlight(&text);
                let covers = |range: &Range<usize>| range.start <= word.range.start && word.range.end <= range.end;
                prop_assert!(ranges.iter().any(covers), "{written} {ranges:?}");
            }
        }
    }
}

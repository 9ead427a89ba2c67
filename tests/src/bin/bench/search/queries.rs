//! What people type to find a contact they have in mind, and how they mistype it.

use search::Document;

use super::{corpus::Random, dialling};

/// A query and the contact that it is meant to find, by its place in the corpus.
pub struct Sought {
    pub text: String,
    pub target: usize,
    named: Named,
}

/// What a query says of the contact, as it was before any typos.
enum Named {
    Person {
        first: String,
        last: String,
        company_word: Option<String>,
    },
    /// The last digits of a number.
    Phone(String),
}

impl Sought {
    /// Whether a contact is all that the query says of the one that was meant: names repeat, and nobody can tell from the
    /// query which of these it means.
    pub fn is_answered_by(&self, contact: &Document) -> bool {
        match &self.named {
            Named::Person { .. } => self.names(
                contact.first_name.as_deref(),
                contact.last_name.as_deref(),
                contact.company.as_deref(),
            ),
            Named::Phone(digits) => contact.phones.iter().any(|phone| phone.ends_with(digits)),
        }
    }

    /// Whether these are the names that the query was made of; not for queries that are numbers.
    pub fn names(&self, first_name: Option<&str>, last_name: Option<&str>, company: Option<&str>) -> bool {
        let Named::Person { first, last, company_word } = &self.named else { return false };
        let at_company =
            |word: &String| company.is_some_and(|company| company.split(' ').any(|one| one == word));
        first_name == Some(first) && last_name == Some(last) && company_word.as_ref().is_none_or(at_company)
    }
}

/// How many queries of each kind are asked.
const QUERIES: usize = 600;
/// Words shorter than this are typed right: with a letter wrong they are other words.
const LONG: usize = 3;
/// Where two typos fall into one word, it has at least so many letters.
const LONGER: usize = 5;

/// Queries with `typos` typos each, of contacts drawn by chance, among whom common names are as common as in the corpus. Six of
/// ten name the contact and a word of the company, the rest the contact alone; one of three has the names swapped. A contact
/// without a word long enough to mistype is not asked for.
pub fn sought(corpus: &[Document], typos: usize) -> Vec<Sought> {
    let mut random = Random::new(7 + typos as u64);
    let mut all = Vec::with_capacity(QUERIES);
    while all.len() < QUERIES {
        let target = random.below(corpus.len());
        let Some((named, mut words)) = words_of(&corpus[target], &mut random) else { continue };
        if mistype(&mut words, typos, &mut random) {
            all.push(Sought { text: words.join(" "), target, named });
        }
    }
    all
}

fn words_of(contact: &Document, random: &mut Random) -> Option<(Named, Vec<String>)> {
    let (first, last) = (contact.first_name.clone()?, contact.last_name.clone()?);
    let mut words = vec![first.clone(), last.clone()];
    if random.percent(33) {
        words.swap(0, 1);
    }
    let mut company_word = None;
    if random.percent(60) {
        let company = contact.company.as_ref()?;
        let longest = company.split(' ').max_by_key(|word| word.chars().count())?.to_owned();
        words.push(longest.clone());
        company_word = Some(longest);
    }
    Some((Named::Person { first, last, company_word }, words))
}

/// Two typos fall into one word in half of the cases, where there is a word long enough.
fn mistype(words: &mut [String], typos: usize, random: &mut Random) -> bool {
    let of_length = |words: &[String], length: usize| -> Vec<usize> {
        (0..words.len()).filter(|place| words[*place].chars().count() >= length).collect()
    };
    let (long, longer) = (of_length(words, LONG), of_length(words, LONGER));
    match typos {
        0 => true,
        1 if !long.is_empty() => {
            let place = long[random.below(long.len())];
            words[place] = with_typos(&words[place], 1, random);
            true
        }
        2 if !longer.is_empty() && (long.len() < 2 || random.percent(50)) => {
            let place = longer[random.below(longer.len())];
            words[place] = with_typos(&words[place], 2, random);
            true
        }
        2 if long.len() >= 2 => {
            let first = random.below(long.len());
            let second = (first + 1 + random.below(long.len() - 1)) % long.len();
            for place in [long[first], long[second]] {
                words[place] = with_typos(&words[place], 1, random);
            }
            true
        }
        _ => false,
    }
}

/// The word with so many typos, each of which changes what is looked for, and none of which undoes another.
fn with_typos(word: &str, typos: usize, random: &mut Random) -> String {
    let mut forms = vec![word.to_owned()];
    while forms.len() <= typos {
        let next = with_typo(&forms[forms.len() - 1], random);
        if forms.iter().all(|form| compared(form) != compared(&next)) {
            forms.push(next);
        }
    }
    forms.swap_remove(typos)
}

/// What of a word is looked for: neither its case and accents nor an apostrophe.
fn compared(word: &str) -> String {
    search::fold_text(word).chars().filter(|character| character.is_alphanumeric()).collect()
}

/// A letter too many, too few, a wrong one, or two that changed places. The other letter comes from the word's own alphabet.
fn with_typo(word: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let place = random.below(letters.len());
    let stranger = stranger(letters[place], random);
    match random.below(4) {
        0 => letters.insert(place, stranger),
        1 => {
            letters.remove(place);
        }
        2 => letters[place] = stranger,
        _ => {
            let place = random.below(letters.len() - 1);
            letters.swap(place, place + 1);
        }
    }
    letters.into_iter().collect()
}

fn stranger(near: char, random: &mut Random) -> char {
    let first = match u32::from(near) {
        0x370..0x400 => 0x3b1,
        0x400..0x530 => 0x430,
        0x600..0x700 => 0x628,
        _ => u32::from('a'),
    };
    char::from_u32(first + u32::try_from(random.below(24)).unwrap_or(0)).unwrap_or('a')
}

/// What a search box sends while somebody types a name: its first letter, its first two, and so on.
pub fn typed(corpus: &[Document]) -> Vec<String> {
    let mut random = Random::new(99);
    let mut all = Vec::new();
    while all.len() < QUERIES {
        let contact = &corpus[random.below(corpus.len())];
        if let (Some(first), Some(last)) = (&contact.first_name, &contact.last_name) {
            let whole: Vec<char> = format!("{first} {last}").chars().collect();
            all.extend((1..=whole.len()).map(|length| whole[..length].iter().collect::<String>()));
        }
    }
    all
}

/// Phone numbers and their last digits, written in several ways, half of them as they are dialled in their country or from
/// another.
pub fn phones(corpus: &[Document]) -> Vec<Sought> {
    let mut random = Random::new(55);
    let mut all = Vec::new();
    while all.len() < QUERIES / 2 {
        let target = random.below(corpus.len());
        let Some(phone) = corpus[target].phones.first() else { continue };
        let tail = &phone[phone.len() - 9..];
        let way = random.below(8);
        let (text, named) = match way {
            0 => (phone.clone(), &phone[1..]),
            1 => (format!("({}) {}-{}", &tail[..2], &tail[2..5], &tail[5..]), tail),
            2 => (tail.to_owned(), tail),
            3 => (format!("{} {} {}", &tail[..3], &tail[3..6], &tail[6..]), tail),
            _ => dialling::dialled(phone, way - 4),
        };
        all.push(Sought { text, target, named: Named::Phone(named.to_owned()) });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::corpus;

    #[test]
    fn every_typo_changes_what_is_looked_for() {
        let mut random = Random::new(3);
        for word in ["Anna", "Lee", "Zoé", "O'Brien", "Emmett"].repeat(200) {
            for typos in [1, 2] {
                assert_ne!(compared(&with_typos(word, typos, &mut random)), compared(word));
            }
        }
    }

    #[test]
    fn who_equals_the_target_in_all_that_is_said_answers() {
        let contacts = corpus::contacts(300);
        for sought in sought(&contacts, 1).iter().chain(&phones(&contacts)) {
            let target = &contacts[sought.target];
            assert!(sought.is_answered_by(target), "{}", sought.text);
            let mut another = target.clone();
            another.last_name = Some("Somebody".to_owned());
            another.phones = Vec::new();
            assert!(!sought.is_answered_by(&another), "{}", sought.text);
        }
    }
}

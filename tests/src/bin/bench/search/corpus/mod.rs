//! A tenant's contacts, made up: family names repeat about as in a census (of a hundred people not one is a Smith or a Müller,
//! three are Garcías, seven are called Wang and twenty Kim; three of four with an English name have one that few share), languages
//! and scripts mix, people of one company share its name and its domain.

mod names;
mod random;

use kernel::{ContactId, UserId, UtcTime, access::Visibility};
use search::Document;

use names::{COMPANY_FORMS, COMPANY_TRADES, COMPANY_WORDS, LANGUAGES, Language, MAIL_HOSTS, TAGS, TITLES};
pub use random::Random;

/// Milliseconds since 1970 at which the first contact was created; a minute lies between two.
const BEGIN: i64 = 1_760_000_000_000;
/// Every fifth contact has a company that hardly any other has; the rest share these, the large ones with many.
const COMPANIES: usize = 6_000;
const OWNERS: usize = 60;
/// How evenly people have the first names of their language: one of fifty with an English name has the most common one.
const FIRST_NAMES: f64 = 20.0;

/// `count` contacts, the same for the same count.
pub fn contacts(count: usize) -> Vec<Document> {
    let mut random = Random::new(20_261_122);
    (0..count).map(|number| contact(number, &mut random)).collect()
}

/// One contact.
fn contact(number: usize, random: &mut Random) -> Document {
    let language = language(random);
    let first = random.pick_ranked_evenly(language.first, FIRST_NAMES).to_owned();
    let last = last_name(language, random);
    let company = random.percent(85).then(|| company(random));
    let created = BEGIN + i64::try_from(number).unwrap_or(0) * 60_000;
    let emails =
        if random.percent(80) { vec![email(&first, &last, company.as_deref(), random)] } else { Vec::new() };
    let phones = (0..[0, 1, 1, 2][random.below(4)]).map(|_| phone(language, random)).collect();
    let tags = (0..[0, 0, 1, 2][random.below(4)]).map(|_| random.pick_ranked(TAGS).to_owned()).collect();
    Document {
        id: id(created, random),
        version: 1 + random.ranked(20) as u64,
        first_name: Some(first),
        last_name: Some(last),
        company_id: company.as_ref().map(|company| format!("cmp_{company}")),
        company,
        title: random.percent(60).then(|| random.pick_ranked(TITLES).to_owned()),
        emails,
        phones,
        tags,
        owner: owner(random.below(OWNERS)),
        team_ids: Vec::new(),
        visibility: Visibility::Tenant,
        created_at: time(created),
        updated_at: time(created + i64::try_from(random.below(90 * 24 * 3600)).unwrap_or(0) * 1000),
    }
}

fn language(random: &mut Random) -> &'static Language {
    let mut place = random.below(100) as u64;
    for language in &LANGUAGES {
        if place < language.share {
            return language;
        }
        place -= language.share;
    }
    &LANGUAGES[0]
}

fn last_name(language: &Language, random: &mut Random) -> String {
    if random.percent(language.listed) {
        return random.pick_ranked_evenly(language.last, language.evenness).to_owned();
    }
    let [beginnings, middles, endings] = language.rare;
    format!("{}{}{}", random.pick(beginnings), random.pick_ranked(middles), random.pick(endings))
}

/// A company's name follows from its number, so that those who share it share it whole.
fn company(random: &mut Random) -> String {
    let number = if random.percent(80) { random.ranked(COMPANIES) as u64 } else { random.next() };
    let random = &mut Random::new(number);
    let form = random.pick_ranked(COMPANY_FORMS);
    match random.below(3) {
        0 => format!("{} {} {form}", random.pick(COMPANY_WORDS), random.pick(COMPANY_TRADES)),
        1 => format!(
            "{} {} {}",
            random.pick(COMPANY_WORDS),
            random.pick(COMPANY_WORDS),
            random.pick(COMPANY_TRADES)
        ),
        _ => {
            let language = language(random);
            format!("{} {} {form}", last_name(language, random), random.pick(COMPANY_TRADES))
        }
    }
}

fn email(first: &str, last: &str, company: Option<&str>, random: &mut Random) -> String {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
    };
    let (first, last) = (plain(first), plain(last));
    let number = random.below(1000);
    let local = match random.below(5) {
        _ if first.is_empty() || last.is_empty() => format!("kontakt{number}"),
        0 | 1 => format!("{first}.{last}"),
        2 => format!("{}{last}", &first[..1]),
        3 => format!("{first}{last}{number}"),
        _ => format!("{first}_{last}"),
    };
    let host = match company.map(plain).filter(|host| !host.is_empty()) {
        Some(host) if random.percent(70) => format!("{host}.com"),
        _ => random.pick_ranked(MAIL_HOSTS).to_owned(),
    };
    format!("{local}@{host}")
}

fn phone(language: &Language, random: &mut Random) -> String {
    let digits = random.below(10_usize.pow(language.digits));
    let width = language.digits as usize;
    format!("+{}{digits:0width$}", random.pick_ranked(language.dial))
}

fn id(created: i64, random: &mut Random) -> ContactId {
    let suffix = crockford(u128::from(created.unsigned_abs()) << 80 | u128::from(random.next()));
    ContactId::parse(&format!("con_{suffix}")).expect("a made-up id has the form of an id")
}

fn owner(number: usize) -> UserId {
    UserId::parse(&format!("usr_{number:0>26}")).expect("a made-up id has the form of an id")
}

fn time(milliseconds: i64) -> UtcTime {
    UtcTime::from_millisecond(milliseconds).expect("a time of this century")
}

/// 128 bits as the 26 characters that ids are written with.
fn crockford(number: u128) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let digit = |position: u32| usize::try_from(number >> (position * 5) & 31).unwrap_or(0);
    (0..26).rev().map(|position| char::from(ALPHABET[digit(position)])).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const PEOPLE: usize = 40_000;

    /// How often each family name of a language comes among so many people.
    fn family_names(language: &Language) -> HashMap<String, usize> {
        let (mut random, mut names) = (Random::new(1), HashMap::new());
        for _ in 0..PEOPLE {
            *names.entry(last_name(language, &mut random)).or_insert(0) += 1;
        }
        names
    }

    #[test]
    fn the_most_common_family_name_is_as_common_as_in_a_census() {
        for (name, percent) in [
            ("Smith", 0.8),
            ("García", 3.0),
            ("Müller", 0.8),
            ("Martin", 0.4),
            ("Nowak", 0.5),
            ("王", 7.1),
            ("佐藤", 1.5),
            ("김", 21.5),
        ] {
            let language = LANGUAGES.iter().find(|language| language.last[0] == name).unwrap();
            let people = u32::try_from(family_names(language)[name]).unwrap();
            let share = f64::from(people) * 100.0 / f64::from(u32::try_from(PEOPLE).unwrap());
            assert!((percent * 0.75..percent * 1.25).contains(&share), "{name} {share}");
        }
    }

    #[test]
    fn most_english_family_names_are_rare() {
        let names = family_names(&LANGUAGES[0]);
        assert!(names.len() > 10_000, "{}", names.len());
        let rare: usize = names.values().filter(|count| **count < PEOPLE / 2_000).sum();
        assert!(rare > PEOPLE / 2, "{rare}");
    }

    #[test]
    fn languages_are_shares_of_all() {
        assert_eq!(LANGUAGES.iter().map(|language| language.share).sum::<u64>(), 100);
    }
}

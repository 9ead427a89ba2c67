//! What people expect to find, by example.

use std::sync::Arc;

use kernel::{UtcTime, access::Visibility};

use super::arbitrary::{contact, user};
use crate::{Document, Index, Query, Shard, build_shards, shard_of, shards_for};

fn person(number: u32, first: &str, last: &str) -> Document {
    Document {
        id: contact(number),
        version: 1,
        first_name: Some(first.to_owned()),
        last_name: Some(last.to_owned()),
        company: None,
        title: None,
        emails: Vec::new(),
        phones: Vec::new(),
        tags: Vec::new(),
        owner: user(1),
        team_ids: Vec::new(),
        visibility: Visibility::Tenant,
        company_id: None,
        created_at: UtcTime::from_millisecond(1_790_000_000_000).unwrap(),
        updated_at: UtcTime::from_millisecond(1_790_000_000_000).unwrap(),
    }
}

fn people() -> Vec<Document> {
    let names = [
        ("John", "Smith"),
        ("Jonathan", "Smithers"),
        ("José", "Muñoz"),
        ("Елена", "Кузнецова"),
        ("太郎", "田中"),
        ("민수", "김"),
        ("محمد", "الحسن"),
        ("Γιώργος", "Παπαδόπουλος"),
        ("Siobhán", "O'Brien"),
        ("Jürgen", "Weiß"),
    ];
    let mut people: Vec<_> =
        names.iter().zip(0..).map(|((first, last), number)| person(number, first, last)).collect();
    people[0].company = Some("Acme Rockets Ltd".to_owned());
    people[0].emails = vec!["j.smith@rockets.example".to_owned()];
    people[0].phones = vec!["+14155550132".to_owned()];
    people[1].phones = vec!["+442079460018".to_owned()];
    people[2].title = Some("Head of Procurement".to_owned());
    people[2].tags = vec!["Trade fair".to_owned()];
    people
}

fn first(query: &str) -> Option<u32> {
    let people = people();
    let index = Index::new(vec![Arc::new(Shard::build(&people).unwrap())]).unwrap();
    let hits = index.search(&Query::parse(query).unwrap(), 10, |_| true);
    let best = hits.first()?;
    people.iter().zip(0..).find(|(person, _)| person.id == best.id).map(|(_, number)| number)
}

#[test]
fn forgives() {
    for (query, expected) in [
        ("Jonh Smtih", 0),
        ("smith john", 0),
        ("jnoathan", 1),
        ("jose munoz", 2),
        ("MUÑOZ", 2),
        ("Кузнетсова", 3),
        ("лена", 3),
        ("田中太郎", 4),
        ("太郎", 4),
        ("김민수", 5),
        ("محمد", 6),
        ("γιωργος", 7),
        ("obrien", 8),
        ("o’brein", 8),
        ("weiss", 9),
        ("juergen", 9),
        ("acme", 0),
        ("rokcets", 0),
        ("j.smith@rockets.example", 0),
        ("procur", 2),
        ("trade fair", 2),
        ("+1 (415) 555-0132", 0),
        ("4155550132", 0),
        ("555 0132", 0),
        ("020 7946 0018", 1),
        ("0044 20 7946 0018", 1),
        ("smith 0132", 0),
    ] {
        assert_eq!(first(query), Some(expected), "{query}");
    }
    for query in ["", "???", "the", "zzzzzz", "9999999"] {
        assert_eq!(first(query), None, "{query}");
    }
}

/// The contacts that a query finds, best first, by their places, with their scores.
fn ranked(people: &[Document], query: &str) -> Vec<(usize, u32)> {
    let index = Index::new(vec![Arc::new(Shard::build(people).unwrap())]).unwrap();
    let hits = index.search(&Query::parse(query).unwrap(), 10, |_| true);
    let place = |id| people.iter().position(|person| person.id == id).unwrap();
    hits.into_iter().map(|hit| (place(hit.id), hit.score)).collect()
}

fn best(people: &[Document], query: &str) -> Option<usize> {
    ranked(people, query).first().map(|(place, _)| *place)
}

#[test]
fn digits_in_names_are_found_as_they_are_written() {
    let mut people: Vec<_> = (0..6).map(|number| person(number, "Ann", "Lee")).collect();
    let companies = ["24/7 Services", "7-11 Stores", "20/20 Vision", "Pier 39"];
    for (person, company) in people.iter_mut().zip(companies) {
        person.company = Some(company.to_owned());
    }
    people[3].phones = vec!["+14155550132".to_owned()];
    people[4].tags = vec!["2025-01-15".to_owned()];
    // What is a number to others too comes behind.
    people[5].phones = vec!["+493055501247".to_owned(), "+493055502020".to_owned()];
    for (query, expected) in [
        ("24/7", 0),
        ("24/7 serv", 0),
        ("7-11", 1),
        ("20/20", 2),
        ("20/20 vision", 2),
        ("pier 39 415 555 0132", 3),
        ("lee 415 555 0132", 3),
        ("2025-01-15", 4),
        ("501 247", 5),
    ] {
        assert_eq!(best(&people, query), Some(expected), "{query}");
    }
    // A contact that has the number lacks nothing, as if it had been one word.
    let whole = |query| ranked(&people, query)[0];
    assert_eq!(whole("415 555 0132"), whole("4155550132"));
}

#[test]
fn numbers_are_found_as_they_are_dialled_elsewhere() {
    let numbers = ["+74951234567", "+442079460018", "+491715550132", "+5511955501320", "+55555555555"];
    let mut people: Vec<_> = (0..5).map(|number| person(number, "Ann", "Lee")).collect();
    for (person, number) in people.iter_mut().zip(numbers) {
        person.phones = vec![number.to_owned()];
    }
    for (query, expected) in [
        ("8 (495) 123-45-67", 0),
        ("84951234567", 0),
        ("8 10 44 20 7946 0018", 1),
        ("011 44 20 7946 0018", 1),
        ("+44 (020) 7946 0018", 1),
        ("+49 0171 5550132", 2),
        ("(11) 5550-1320", 3),
        ("+55 11 5550-1320", 3),
        ("8 (555) 555-55-55", 4),
    ] {
        assert_eq!(best(&people, query), Some(expected), "{query}");
    }
}

#[test]
fn stop_words_add_and_are_not_missed() {
    let mut people = vec![person(0, "Sa", "Kim"), person(1, "De", "Anirban")];
    people.extend((2..9).map(|number| person(number, "Ann", if number < 6 { "Kim" } else { "Anirban" })));
    for (query, expected) in [("Sa Kim", 0), ("kim sa", 0), ("De Anirban", 1)] {
        assert_eq!(best(&people, query), Some(expected), "{query}");
    }
    assert_eq!(ranked(&people, "the ann kim & co"), ranked(&people, "ann kim"));
    assert!(ranked(&people, "the and the").is_empty());
}

#[test]
fn a_word_is_found_wherever_it_is_in_a_text_without_spaces() {
    let mut people: Vec<_> = (0..3).map(|number| person(number, "Ann", "Lee")).collect();
    let companies = [
        "中国石油天然气股份有限公司北京销售分公司海淀区第三加油站",
        "บริษัทสยามเทคโนโลยีจำกัด",
        "デジタルガレージ部",
    ];
    for (person, company) in people.iter_mut().zip(companies) {
        person.company = Some(company.to_owned());
    }
    for (query, expected) in [
        ("加油站", 0),
        ("海淀区", 0),
        (companies[0], 0),
        ("สยาม", 1),
        ("เทคโนโลยี", 1),
        (companies[1], 1),
        ("ガレージ", 2),
        (companies[2], 2),
    ] {
        assert_eq!(best(&people, query), Some(expected), "{query}");
    }
}

#[test]
fn is_found_while_it_is_typed() {
    for typed in 2..="kuznetsova".len() {
        let people = [person(1, "Elena", "Kuznetsova"), person(2, "Elmar", "Adler")];
        let index = Index::new(vec![Arc::new(Shard::build(&people).unwrap())]).unwrap();
        let hits = index.search(&Query::parse(&"kuznetsova"[..typed]).unwrap(), 1, |_| true);
        assert_eq!(hits[0].id, contact(1));
    }
}

#[test]
fn what_may_not_be_seen_takes_no_place_among_the_first() {
    let mut people: Vec<_> = (0..50).map(|number| person(number, "Ann", "Lee")).collect();
    people[7].owner = user(2);
    people[7].first_name = Some("Anna".to_owned());
    let index = Index::new(vec![Arc::new(Shard::build(&people).unwrap())]).unwrap();
    let hits = index.search(&Query::parse("ann lee").unwrap(), 3, |facts| *facts.owner == user(2));
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].id, contact(7));
}

#[test]
fn contacts_spread_over_the_shards() {
    let documents: Vec<_> = (0..4_000).map(|number| person(number, "A", "B")).collect();
    let shards = build_shards(&documents, 8).unwrap();
    assert_eq!(shards.iter().map(Shard::len).sum::<usize>(), 4_000);
    assert!(
        shards.iter().all(|shard| (400..600).contains(&shard.len())),
        "{:?}",
        shards.iter().map(Shard::len).collect::<Vec<_>>()
    );
    for document in &documents {
        let (half, whole) = (shard_of(&document.id, 4), shard_of(&document.id, 8));
        assert!(whole == half || whole == half + 4);
    }
    assert_eq!([0, 1, 7_000, 7_001, 100_000].map(shards_for), [1, 1, 1, 2, 16]);
}

#[test]
fn shards_come_in_powers_of_two() {
    let shards = |count| (0..count).map(|_| Arc::new(Shard::default())).collect();
    assert!(Index::new(shards(3)).is_err());
    assert!(Index::new(shards(4)).is_ok_and(|index| index.is_empty()));
    assert!(Index::new(shards(0)).is_ok());
}

//! Contacts, changes and queries that collide often.

use kernel::{ContactId, TeamId, UserId, UtcTime, access::Visibility};
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::{Delta, Document, entry::contact_of};

const NAMES: [&str; 25] = [
    "John",
    "Jon",
    "Johnson",
    "Johanna",
    "Jönköping",
    "Anne-Marie",
    "Ann",
    "O'Brien",
    "Smith",
    "Smyth",
    "Schmidt",
    "Иван",
    "Ивановa",
    "Γιώργος",
    "محمد",
    "田中",
    "太郎",
    "東京電力株式会社",
    "김민수",
    "Łukasz",
    "Sa",
    "24/7 Services",
    "Pier 39",
    "ガスパル商事",
    "บริษัทสยามเทคโนโลยีจำกัด",
];
const QUERIES: [&str; 32] = [
    "john",
    "jonh",
    "jon smi",
    "smith john",
    "schmitd",
    "anne marie",
    "obrien",
    "o'brein",
    "иван",
    "иванвоа",
    "γιωργος",
    "محمد",
    "田中太郎",
    "電力",
    "김민",
    "lukas",
    "555 0132",
    "+1 (415) 555",
    "0132",
    "vip",
    "the",
    "jhnson",
    "j",
    "acme smith vip",
    "sa smith",
    "the and sa",
    "24/7",
    "pier 39 415 555 0132",
    "011 44 (020) 7946 0018",
    "(11) 5550-1320",
    "スパル",
    "สยาม",
];

pub(super) fn contact(number: u32) -> ContactId {
    // The time of the id differs, its random part does not: an unkind case for the shards' hash.
    contact_of((0x0199_0000_0000 + u128::from(number)) << 80 | 7).unwrap()
}

pub(super) fn user(number: u8) -> UserId {
    UserId::parse(&format!("usr_{number:0>26}")).unwrap()
}

pub(super) fn document(number: u32, version: u64) -> impl Strategy<Value = Document> {
    let name = || option::of(select(NAMES.as_slice()).prop_map(str::to_owned));
    let words = (name(), name(), name(), name());
    let email = select(vec!["john.smith@acme.com", "smyth@example.org", "info@xn--80ak6aa92e.com"]);
    let phone = select(vec!["+14155550132", "+442079460018", "+5511955501320"]);
    let lists = (
        vec(email.prop_map(str::to_owned), 0..2),
        vec(phone.prop_map(str::to_owned), 0..3),
        vec(select(vec!["VIP", "vip", "Kaltakquise"]).prop_map(str::to_owned), 0..3),
        vec(select(vec![1_u8, 2]), 0..2),
    );
    let facts = (
        1..4_u8,
        select(vec![Visibility::Owner, Visibility::Team, Visibility::Tenant]),
        option::of(select(vec!["cmp_1", "cmp_2"]).prop_map(str::to_owned)),
        (0..5_i64, 0..5_i64),
    );
    (words, lists, facts).prop_map(
        move |(words, lists, (owner, visibility, company_id, (created, updated)))| Document {
            id: contact(number),
            version,
            first_name: words.0,
            last_name: words.1,
            company: words.2,
            title: words.3,
            emails: lists.0,
            phones: lists.1,
            tags: lists.2,
            owner: user(owner),
            team_ids: lists
                .3
                .into_iter()
                .map(|team| TeamId::parse(&format!("team_{team:0>26}")).unwrap())
                .collect(),
            visibility,
            company_id,
            created_at: UtcTime::from_millisecond(1_790_000_000_000 + created).unwrap(),
            updated_at: UtcTime::from_millisecond(1_790_000_000_000 + created + updated).unwrap(),
        },
    )
}

pub(super) fn documents(at_most: u32) -> impl Strategy<Value = Vec<Document>> {
    (0..at_most).prop_flat_map(|count| (0..count).map(|number| document(number, 3)).collect::<Vec<_>>())
}

/// Changes of known and new contacts, older than what is known and newer.
pub(super) fn deltas(contacts: u32) -> impl Strategy<Value = Vec<Delta>> {
    let change = (0..contacts, 1..7_u64).prop_flat_map(|(number, version)| {
        prop_oneof![
            // A contact's version has one content: the same number and version make the same document.
            Just(Delta::Written(Box::new(fixed(number, version)))),
            Just(Delta::Removed { id: contact(number), version }),
        ]
    });
    vec(change, 0..20)
}

pub(super) fn fixed(number: u32, version: u64) -> Document {
    let name = |step: usize| {
        Some(NAMES[(number as usize * 7 + step + usize::try_from(version).unwrap()) % NAMES.len()].to_owned())
    };
    Document {
        id: contact(number),
        version,
        first_name: name(0),
        last_name: name(5),
        company: name(11),
        title: None,
        emails: Vec::new(),
        phones: vec![format!("+1415555{:04}", number * 31 + u32::try_from(version).unwrap())],
        tags: vec!["vip".to_owned()],
        owner: user(1 + u8::try_from(version % 3).unwrap()),
        team_ids: Vec::new(),
        visibility: Visibility::Tenant,
        company_id: Some("cmp_1".to_owned()),
        created_at: UtcTime::from_millisecond(1_790_000_000_000).unwrap(),
        updated_at: UtcTime::from_millisecond(1_790_000_000_000 + i64::try_from(version).unwrap()).unwrap(),
    }
}

pub(super) fn query() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(QUERIES.as_slice()).prop_map(str::to_owned),
        1 => vec(select(QUERIES.as_slice()), 1..4).prop_map(|parts| parts.join(" ")),
        1 => "[\\PC]{0,12}",
    ]
}

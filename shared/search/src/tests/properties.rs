use std::sync::Arc;

use kernel::access::Visibility;
use proptest::{prelude::*, sample::select};

use super::{
    arbitrary::{contact, deltas, documents, query, user},
    reference,
};
use crate::{
    Delta, Document, Facts, Filter, Hit, Index, Order, Query, Shard, build_shards, reshard, shard_of,
};

fn index(documents: &[Document], shards: usize) -> Index {
    let shards = build_shards(documents, shards).unwrap();
    Index::new(shards.into_iter().map(Arc::new).collect()).unwrap()
}

fn parse(text: &str) -> Query {
    Query::parse(text).unwrap_or_default()
}

/// Somebody who sees what is shared with all, and their own.
fn visible(facts: Facts<'_>) -> bool {
    facts.visibility == Visibility::Tenant || *facts.owner == user(1)
}

fn filter() -> impl Strategy<Value = Filter> {
    let maybe = |value: bool| move |some: &str| value.then(|| some.to_owned());
    (0..4_u8, any::<[bool; 5]>()).prop_map(move |(owner, [tag, company, from, before, among])| Filter {
        owner: (owner > 0).then(|| user(owner)),
        tag: maybe(tag)("Vip"),
        company_id: maybe(company)("cmp_1"),
        created_from: from.then(|| kernel::UtcTime::from_millisecond(1_790_000_000_002).unwrap()),
        created_before: before.then(|| kernel::UtcTime::from_millisecond(1_790_000_000_004).unwrap()),
        among: among.then(|| {
            (0..30).filter(|number| number % 3 > 0).map(contact).collect::<Vec<_>>().iter().collect()
        }),
    })
}

fn order() -> impl Strategy<Value = Order> {
    select(vec![
        Order::CreatedAscending,
        Order::CreatedDescending,
        Order::UpdatedAscending,
        Order::UpdatedDescending,
    ])
}

fn everything(index: &Index, query: &Query) -> Vec<Hit> {
    index.search(query, usize::MAX >> 8, |_| true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn ranks_as_the_definition_does(documents in documents(24), query in query(), limit in 1..30_usize, shards in select(vec![1, 2, 4])) {
        let query = parse(&query);
        let found = index(&documents, shards).search(&query, limit, visible);
        let expected = reference::search(&documents, &query, limit, |document| visible(reference::facts(document)));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn lists_as_the_definition_does(documents in documents(24), deltas in deltas(30), filter in filter(), order in order(), limit in 1..8_usize) {
        let mut index = index(&documents, 2);
        index.apply(deltas.clone());
        let last = reference::final_documents(&documents, &deltas);
        let expected = reference::list(&last, &filter, order, |document| visible(reference::facts(document)));
        let mut listed = Vec::new();
        loop {
            let after = listed.last().map(|(id, at)| (*at, id));
            let page = index.list(&filter, order, after, limit, visible);
            if page.is_empty() {
                break;
            }
            listed.extend(page.into_iter().map(|one| (one.id, one.at)));
        }
        let selected = index.select(&filter, visible);
        for id in deltas.iter().map(Delta::id).chain(documents.iter().map(|document| &document.id)) {
            prop_assert_eq!(selected.contains(id), expected.iter().any(|(listed, _)| listed == id));
        }
        prop_assert_eq!(listed, expected);
    }

    #[test]
    fn changes_lead_to_what_a_rebuild_gives(
        documents in documents(24),
        deltas in deltas(30),
        shuffled in any::<prop::sample::Index>(),
        query in query(),
        shards in select(vec![1, 2, 4]),
    ) {
        let query = parse(&query);
        let last = reference::final_documents(&documents, &deltas);
        let rebuilt = everything(&index(&last, shards), &query);
        let mut turned = deltas.clone();
        if !turned.is_empty() {
            turned.rotate_left(shuffled.index(deltas.len()));
            turned.reverse();
        }

        let mut together = index(&documents, shards);
        together.apply(deltas.clone());
        prop_assert_eq!(everything(&together, &query), rebuilt.clone());
        prop_assert_eq!(together.len(), last.len());

        let mut one_by_one = index(&documents, shards);
        for delta in turned.iter().chain(&deltas) {
            one_by_one.apply([delta.clone()]);
        }
        prop_assert_eq!(everything(&one_by_one, &query), rebuilt.clone());

        let mut compacted = build_shards(&documents, shards).unwrap().into_iter().map(Arc::new).collect::<Vec<_>>();
        for (position, shard) in compacted.iter_mut().enumerate() {
            let own: Vec<_> = deltas.iter().filter(|delta| shard_of(delta.id(), shards) == position).cloned().collect();
            if let Some(next) = shard.compact(&own).unwrap() {
                prop_assert!(!own.is_empty());
                *shard = Arc::new(next);
                prop_assert!(shard.compact(&own).unwrap().is_none());
            }
        }
        let mut compacted = Index::new(compacted).unwrap();
        prop_assert_eq!(everything(&compacted, &query), rebuilt.clone());
        compacted.apply(turned.clone());
        prop_assert_eq!(everything(&compacted, &query), rebuilt.clone());
        prop_assert_eq!(compacted.changes(), 0, "what the shards hold lies over them");

        let old = build_shards(&documents, shards).unwrap().into_iter().map(Arc::new).collect::<Vec<_>>();
        let grown = reshard(&old, &turned, shards * 2).unwrap().into_iter().map(Arc::new).collect();
        prop_assert_eq!(everything(&Index::new(grown).unwrap(), &query), rebuilt);
    }

    #[test]
    fn a_shard_comes_back_from_its_bytes(documents in documents(24)) {
        let shard = Shard::build(&documents).unwrap();
        let bytes = shard.to_bytes().unwrap();
        let read = Shard::from_bytes(&bytes).unwrap();
        prop_assert_eq!(read.entries(), shard.entries());
        prop_assert_eq!(read.to_bytes().unwrap(), bytes);
        let rebuilt = Shard::from_entries(read.entries()).unwrap();
        prop_assert_eq!(rebuilt.entries(), shard.entries());
    }

    #[test]
    fn queries_never_panic(text in "\\PC{0,600}", control in "[\\x00-\\x20a-z]{0,20}") {
        let index = index(&[super::arbitrary::fixed(1, 1)], 1);
        for text in [text, control] {
            let query = parse(&text);
            index.search(&query, 10, |_| true);
            let _ = (query.highlight(&text), query.highlight_phone(&text));
        }
    }

    #[test]
    fn deltas_come_back_from_json(deltas in deltas(10)) {
        let text = serde_json::to_string(&deltas).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<Delta>>(&text).unwrap(), deltas);
    }
}

//! Bytes that are no shard, and such that nearly are.

use std::sync::Arc;

use proptest::{collection::vec, prelude::*, sample};

use super::arbitrary::documents;
use crate::{
    Index, Malformed, Query, Shard,
    serial::{FORMAT, pack, unpack},
};

/// Uses everything that a shard holds.
fn exercise(shard: Shard) {
    let again = Shard::from_entries(shard.entries()).unwrap();
    assert_eq!(again.len(), shard.len());
    let index = Index::new(vec![Arc::new(shard)]).unwrap();
    for text in ["jonh smi", "415", "田"] {
        index.search(&Query::parse(text).unwrap(), 10, |_| true);
    }
    index.list(&crate::Filter::default(), crate::Order::UpdatedDescending, None, 10, |_| true);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_changed_shard_is_refused_or_whole(
        documents in documents(12),
        changes in vec((any::<sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::weighted(0.2, any::<sample::Index>()),
    ) {
        let packed = Shard::build(&documents).unwrap().to_bytes().unwrap();
        let mut bytes = unpack(&packed).unwrap();
        for (position, value) in changes {
            let position = position.index(bytes.len());
            bytes[position] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(shard) = Shard::from_bytes(&pack(&bytes).unwrap()) {
            exercise(shard);
        }
    }

    #[test]
    fn a_changed_package_is_refused_or_whole(documents in documents(12), position in any::<sample::Index>(), value: u8) {
        let mut packed = Shard::build(&documents).unwrap().to_bytes().unwrap();
        let position = position.index(packed.len());
        packed[position] = value;
        if let Ok(shard) = Shard::from_bytes(&packed) {
            exercise(shard);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Shard::from_bytes(&bytes);
        if let Ok(shard) = Shard::from_bytes(&pack(&bytes).unwrap()) {
            exercise(shard);
        }
    }
}

#[test]
fn other_formats_and_lengths_are_refused() {
    let packed = Shard::build(&[]).unwrap().to_bytes().unwrap();
    assert!(Shard::from_bytes(&packed).unwrap().is_empty());
    let mut other = packed.clone();
    other[0] = FORMAT - 1;
    assert_eq!(Shard::from_bytes(&other).unwrap_err(), Malformed::Format);
    let mut huge = packed.clone();
    huge[1..5].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(Shard::from_bytes(&huge).unwrap_err(), Malformed::Inconsistent(_)));
    assert_eq!(Shard::from_bytes(&[]).unwrap_err(), Malformed::Truncated);
    assert_eq!(Shard::from_bytes(&packed[..packed.len() - 1]).unwrap_err(), Malformed::Compression);
}

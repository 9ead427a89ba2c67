//! What a worker leaves behind, and what it does about damage.

use ::search::{Delta, Document, MAX_CONTACTS};
use table::{Item, ItemReader, Purpose};

use super::{manifest::Manifest, shards::ShardStore, *};

impl Bench {
    /// Changes what is sealed in every row of a partition, and gives the rows as they were.
    async fn change_sealed(&self, under: &str, purpose: Purpose, how: fn(&mut [u8])) -> Vec<Item> {
        let rows = self.installation.table.items_under(under).await;
        for row in &rows {
            let mut sealed = ItemReader::new(row).sealed(purpose).unwrap().to_vec();
            how(&mut sealed);
            let part = ItemBuilder::new(&self.scope.table.keys().search_manifest()).sealed(purpose, sealed);
            let mut changed = row.clone();
            changed.insert(purpose.as_str().to_owned(), part.build()[purpose.as_str()].clone());
            self.installation.table.plant(changed).await;
        }
        rows
    }

    async fn store(&self) -> ShardStore<'_> {
        ShardStore::new(&self.scope, self.scope.vault().await.unwrap(), self.objects.clone())
    }
}

fn another_key(sealed: &mut [u8]) {
    sealed[2] = 9;
}

fn other_content(sealed: &mut [u8]) {
    *sealed.last_mut().unwrap() ^= 1;
}

#[tokio::test]
async fn a_damaged_row_of_the_log_is_made_good_from_the_contacts() {
    let bench = Bench::open().await;
    let ada = bench.insert("Ada", "Lovelace").await;
    bench.compact(false).await;
    let alan = bench.insert("Alan", "Turing").await;
    bench.change_sealed("T#tnt_a#SEARCHLOG", Purpose::SearchDelta, other_content).await;
    let grace = bench.insert("Grace", "Hopper").await;
    let mut warm = None;
    assert_eq!(bench.find(&mut warm, "lovelace").await, slice::from_ref(&ada.id));
    assert_eq!(bench.find(&mut warm, "hopper").await, slice::from_ref(&grace.id));
    assert!(bench.find(&mut warm, "turing").await.is_empty());
    assert_eq!(bench.compact(false).await, Outcome::Done);
    for held in [&mut warm, &mut None] {
        assert_eq!(bench.find(held, "turing").await, slice::from_ref(&alan.id));
    }
    assert_eq!(bench.log_rows().await, 1, "what does not open goes");
}

#[tokio::test]
async fn what_a_newer_key_sealed_is_not_damaged() {
    let bench = Bench::open().await;
    bench.insert("Ada", "Lovelace").await;
    bench.compact(false).await;
    let good = bench.objects.lock().clone();
    bench.objects.lock().values_mut().for_each(|sealed| another_key(sealed));
    let failed = bench.refresh(&mut None).await;
    assert!(matches!(failed, Err(RefreshError::Failed(Failure::Unavailable(_)))), "{failed:?}");
    bench.installation.ambient.advance_seconds(1);
    let asked = SearchChanged::new(bench.scope.table.tenant(), bench.installation.ambient.now());
    let failed = bench.compaction().run(&asked).await;
    assert!(matches!(failed, Err(Failure::Unavailable(_))), "{failed:?}");
    assert!(bench.objects.lock().keys().eq(good.keys()), "nothing is made anew for it");
}

#[tokio::test]
async fn a_damaged_contact_keeps_no_other_out_of_the_shards() {
    let bench = Bench::open().await;
    bench.insert("Ada", "Lovelace").await;
    bench.change_sealed("T#tnt_a#CONTACT", Purpose::ContactProfile, other_content).await;
    let alan = bench.insert("Alan", "Turing").await;
    assert_eq!(bench.compact(true).await, Outcome::Done);
    assert_eq!(bench.find(&mut None, "turing").await, [alan.id]);
}

#[tokio::test]
async fn a_shard_gets_more_contacts_than_one_can_number() {
    let bench = Bench::open().await;
    let ada = bench.insert("Ada", "Lovelace").await;
    bench.compact(false).await;
    let objects = Manifest::read(&bench.scope).await.unwrap().unwrap().objects;
    let document = document::document_of(&ada).unwrap();
    let more = usize::from(u16::MAX);
    let deltas: Vec<_> = (0..more)
        .map(|_| ContactId::generate(&*bench.installation.ambient))
        .map(|id| Delta::Written(Box::new(Document { id, ..document.clone() })))
        .collect();
    let store = bench.store().await;
    let written = bench.compaction().compact(&store, &objects, &deltas).await.unwrap().unwrap();
    let shards = store.load_all(&written).await.unwrap();
    assert_eq!(shards.len(), 16);
    assert!(shards.iter().all(|shard| shard.len() <= MAX_CONTACTS));
    assert_eq!(shards.iter().map(|shard| shard.len()).sum::<usize>(), more + 1);
}

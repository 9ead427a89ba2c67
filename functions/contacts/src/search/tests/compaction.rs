//! What a worker leaves behind, and what it does about damage.

use ::search::{Delta, Document, MAX_CONTACTS};
use table::{Item, ItemReader, Purpose};

use super::{
    manifest::{Made, Manifest},
    shards::ShardStore,
    *,
};

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
async fn who_slept_through_a_removal_and_its_purge_knows_nothing_of_the_contact() {
    for shards_change in [false, true] {
        let bench = Bench::open().await;
        let alan = bench.insert("Alan", "Turing").await;
        bench.compact(false).await;
        let ada = bench.insert("Ada", "Lovelace").await;
        let mut warm = None;
        assert_eq!(bench.find(&mut warm, "lovelace").await, slice::from_ref(&ada.id));
        if shards_change {
            bench.insert("Grace", "Hopper").await;
        }
        bench.remove(&ada).await;
        for pause in [0, 200, 200] {
            bench.installation.ambient.advance_seconds(pause);
            bench.compact(false).await;
        }
        assert_eq!(bench.log_rows().await, 0);
        assert!(bench.find(&mut warm, "lovelace").await.is_empty(), "shards change: {shards_change}");
        assert_eq!(bench.find(&mut warm, "turing").await, [alan.id]);
    }
}

#[tokio::test]
async fn a_worker_that_comes_often_purges_too() {
    let bench = Bench::open().await;
    for number in 0..20 {
        bench.installation.ambient.advance_seconds(28);
        bench.insert("Ada", &format!("Lovelace{number}")).await;
        bench.compact(false).await;
    }
    let rows = bench.log_rows().await;
    assert!(rows < 12, "{rows} rows, two a minute");
    assert_eq!(bench.find(&mut None, "ada").await.len(), 10);
}

#[tokio::test]
async fn removals_that_the_shards_hold_are_let_go_of() {
    let bench = Bench::open().await;
    let mut warm = None;
    let (ada, alan) = (bench.insert("Ada", "Lovelace").await, bench.insert("Alan", "Turing").await);
    bench.compact(false).await;
    for contact in [&ada, &alan] {
        bench.remove(contact).await;
    }
    bench.refresh(&mut warm).await.unwrap();
    assert_eq!(warm.as_ref().unwrap().index.changes(), 2);
    bench.compact(false).await;
    for held in [&mut warm, &mut None] {
        bench.refresh(held).await.unwrap();
        assert_eq!(held.as_ref().unwrap().index.changes(), 0);
    }
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
async fn a_damaged_contact_keeps_no_other_out_of_the_shards() {
    let bench = Bench::open().await;
    bench.insert("Ada", "Lovelace").await;
    bench.change_sealed("T#tnt_a#CONTACT", Purpose::ContactProfile, other_content).await;
    let alan = bench.insert("Alan", "Turing").await;
    assert_eq!(bench.compact(true).await, Outcome::Done);
    assert_eq!(bench.find(&mut None, "turing").await, [alan.id]);
}

#[tokio::test]
async fn what_a_newer_key_sealed_is_not_damaged() {
    let bench = Bench::open().await;
    let ada = bench.insert("Ada", "Lovelace").await;
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
    bench.objects.lock().clone_from(&good);

    let rows = bench.change_sealed("T#tnt_a#SEARCHLOG", Purpose::SearchDelta, another_key).await;
    let failed = bench.refresh(&mut None).await;
    assert!(matches!(failed, Err(RefreshError::Failed(Failure::Unavailable(_)))), "{failed:?}");
    assert!(matches!(bench.compaction().run(&asked).await, Err(Failure::Unavailable(_))));
    for row in rows {
        bench.installation.table.plant(row).await;
    }
    // Whoever failed has given the shards back.
    assert_eq!(bench.run(&asked).await, Outcome::Done);
    assert_eq!(bench.find(&mut None, "lovelace").await, [ada.id]);
}

#[tokio::test]
async fn a_worker_that_stopped_leaves_nothing_behind() {
    let bench = Bench::open().await;
    let (ada, alan) = (bench.insert("Ada", "Lovelace").await, bench.insert("Alan", "Turing").await);
    bench.compact(false).await;
    let removed = bench.remove(&ada).await;
    let asked = SearchChanged::new(bench.scope.table.tenant(), removed.updated_at);
    // One wrote a shard and stopped; another published its own, and stopped before it removed anything.
    let (store, ambient) = (bench.store().await, &*bench.installation.ambient);
    store.save(&::search::Shard::default(), ambient).await.unwrap();
    let before = Manifest::read(&bench.scope).await.unwrap();
    let mut lease = Manifest::lease(before, &bench.scope, ambient.now()).await.unwrap().unwrap();
    let documents = [document::document_of(&alan).unwrap()];
    let name = store.save(&::search::Shard::build(&documents).unwrap(), ambient).await.unwrap();
    let (applied_upto, read_at) = (Some(removed.updated_at), Some(removed.updated_at.plus_seconds(60)));
    let made = Made { objects: vec![name], applied_upto, read_at, ..Made::default() };
    assert!(lease.publish(&bench.scope, made).await.unwrap());
    assert_eq!(bench.objects.lock().len(), 3);

    assert_eq!(bench.run(&asked).await, Outcome::Busy);
    ambient.advance_seconds(331);
    assert_eq!(bench.run(&asked).await, Outcome::Done);
    assert_eq!(bench.objects.lock().len(), 1);
    assert_eq!(bench.log_rows().await, 2, "the removed contact's document is in the log");
    assert_eq!(bench.find(&mut None, "turing").await, [alan.id]);
}

#[tokio::test]
async fn a_removal_that_is_committed_late_is_in_the_shards_a_minute_later() {
    let bench = Bench::open().await;
    let ada = bench.insert("Ada", "Lovelace").await;
    bench.installation.ambient.advance_seconds(900);
    let late = bench.installation.ambient.now();
    bench.installation.ambient.advance_seconds(2);
    bench.compact(false).await;
    let deleted = ada.clone().next_version(late);
    let store = ContactStore::open(&bench.scope).await.unwrap();
    store.remove(&deleted, ada.version).await.unwrap();
    let asked = SearchChanged::new(bench.scope.table.tenant(), late);
    let Outcome::Early(seconds) = bench.run(&asked).await else { panic!("nobody knows yet") };
    assert!((50..=61).contains(&seconds), "{seconds}");
    bench.installation.ambient.advance_seconds(seconds.into());
    assert_eq!(bench.run(&asked).await, Outcome::Done);
    let names = || bench.objects.lock().keys().cloned().collect::<Vec<_>>();
    let shards = bench.store().await.load_all(&names()).await.unwrap();
    assert!(shards.iter().all(|shard| shard.is_empty()));
    // The next of its kind finds it done.
    let before = Manifest::read(&bench.scope).await.unwrap();
    assert_eq!(bench.run(&asked).await, Outcome::Done);
    assert_eq!(Manifest::read(&bench.scope).await.unwrap(), before);
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

#[test]
fn only_what_passes_by_itself_is_tried_again_and_not_for_ever() {
    let ambient = testkit::FixedAmbient::seeded(1);
    let message = SearchChanged::new(&tenant("tnt_a"), ambient.now());
    assert!(compact::again(&message, Failure::internal("a defect")).is_err());
    let mut tries = 0;
    let mut next = Ok(message);
    while let Ok(message) = next {
        next = compact::again(&message, Failure::Unavailable("a table that throttles".into()));
        tries += 1;
        assert!(tries < 10, "the queue never gets it back");
    }
    assert_eq!(tries, 4);
}

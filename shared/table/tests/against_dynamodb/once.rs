//! Requests that carry a key, once each.

use kernel::{Ambient, ReservedSuffix, UserId};
use table::{Begun, OnceKey, Purpose, TenantTable};
use testkit::{FixedAmbient, LocalTable, tenant};

struct World {
    table: TenantTable,
    ambient: FixedAmbient,
    request: OnceKey,
    _installation: LocalTable,
}

impl World {
    async fn open() -> Self {
        let installation = LocalTable::start().await;
        let (table, ambient) = (installation.of(&tenant("tnt_a")), FixedAmbient::seeded(3));
        let key = table.keys().replay(&UserId::generate(&ambient), "contacts-create", "index");
        let request = OnceKey { key, fingerprint: "one".to_owned() };
        Self { table, ambient, request, _installation: installation }
    }

    async fn begin(&self) -> Begun {
        let suffix = ReservedSuffix::generate(&self.ambient);
        self.table.begin_once(&self.request, suffix, self.ambient.now()).await.unwrap()
    }

    async fn begin_first(&self) -> ReservedSuffix {
        match self.begin().await {
            Begun::Now(suffix) => suffix,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_request_is_under_way_then_done_and_forgotten_after_a_day() {
    let world = World::open().await;
    let suffix = world.begin_first().await;
    assert!(matches!(world.begin().await, Begun::InFlight));
    world.table.finish_once(&world.request, &suffix, b"answer".to_vec(), world.ambient.now()).await.unwrap();
    let Begun::Before(item) = world.begin().await else { panic!("it is not done") };
    assert_eq!(table::ItemReader::new(&item).sealed(Purpose::Replay).unwrap(), b"answer");
    let other = OnceKey { fingerprint: "other".to_owned(), ..world.request.clone() };
    let begun = world.table.begin_once(&other, suffix.clone(), world.ambient.now()).await.unwrap();
    assert!(matches!(begun, Begun::OtherRequest));
    world.ambient.advance_seconds(24 * 3600);
    assert_ne!(world.begin_first().await, suffix);
}

#[tokio::test]
async fn one_that_broke_off_is_taken_over_once_under_its_suffix() {
    let world = World::open().await;
    let suffix = world.begin_first().await;
    world.ambient.advance_seconds(59);
    assert!(matches!(world.begin().await, Begun::InFlight));
    world.ambient.advance_seconds(1);
    assert_eq!(world.begin_first().await, suffix);
    assert!(matches!(world.begin().await, Begun::InFlight));
}

#[tokio::test]
async fn one_that_failed_may_be_sent_again_at_once() {
    let world = World::open().await;
    let suffix = world.begin_first().await;
    world.table.release_once(&world.request, &suffix, world.ambient.now()).await.unwrap();
    assert_eq!(world.begin_first().await, suffix);
    world.table.forget_once(&world.request).await.unwrap();
    assert_ne!(world.begin_first().await, suffix);
}

#[tokio::test]
async fn of_many_at_once_one_begins() {
    let world = World::open().await;
    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (table, request) = (world.table.clone(), world.request.clone());
        let (suffix, now) = (ReservedSuffix::generate(&world.ambient), world.ambient.now());
        attempts.spawn(async move { table.begin_once(&request, suffix, now).await.unwrap() });
    }
    let begun = attempts.join_all().await;
    assert_eq!(begun.iter().filter(|begun| matches!(begun, Begun::Now(_))).count(), 1);
    assert_eq!(begun.iter().filter(|begun| matches!(begun, Begun::InFlight)).count(), 7);
}

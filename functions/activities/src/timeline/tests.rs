use kernel::{
    Activity, ActivityId, Ambient, CallId, Role, TeamIds, UserId, UtcTime,
    activity::{Body, CallSummary, Source},
};
use table::{ItemBuilder, activity_item, read_activity};
use testkit::{TestInstallation, tenant};

use super::*;

/// A contact with an owner, and activities a minute apart, the oldest first.
struct Scene {
    installation: TestInstallation,
    table: TenantTable,
    contact: ContactId,
    owner: UserId,
}

impl Scene {
    async fn start(visibility: &str) -> Self {
        let installation = TestInstallation::start().await;
        let table = installation.table.of(&tenant("tnt_a"));
        let ambient = &*installation.ambient;
        let (contact, owner) = (ContactId::generate(ambient), UserId::generate(ambient));
        let row = ItemBuilder::new(&table.keys().contact(&contact))
            .text("owner_id", owner.as_str())
            .text("visibility", visibility);
        installation.table.plant(row.build()).await;
        Self { installation, table, contact, owner }
    }

    fn owner(&self) -> Caller {
        Caller {
            tenant: self.table.tenant().clone(),
            user: self.owner.clone(),
            role: Role::Rep,
            teams: TeamIds::default(),
        }
    }

    fn stranger(&self) -> Caller {
        Caller { user: UserId::generate(&*self.installation.ambient), ..self.owner() }
    }

    fn activity(&self, occurred_at: UtcTime) -> Activity {
        let call = CallId::generate(&*self.installation.ambient);
        Activity {
            id: ActivityId::of_call(&call),
            occurred_at,
            contact_id: self.contact.clone(),
            user_id: self.owner.clone(),
            owner_id: self.owner.clone(),
            source: Source::Internal,
            body: Body::Call(CallSummary {
                call_id: call,
                direction: "outbound".to_owned(),
                status: "completed".to_owned(),
                disposition: Some("answered".to_owned()),
                duration_seconds: Some(42),
                outcome: None,
                recording: None,
            }),
            created_at: occurred_at,
        }
    }

    async fn write(&self, count: i64) -> Vec<Activity> {
        let start = self.installation.ambient.now();
        let activities: Vec<_> =
            (0..count).map(|minute| self.activity(start.plus_seconds(60 * minute))).collect();
        for activity in &activities {
            self.table.put_new(activity_item(self.table.keys(), activity)).await.unwrap();
        }
        activities
    }

    async fn read(
        &self,
        caller: &Caller,
        direction: Direction,
        limit: u8,
        after: Option<String>,
    ) -> Result<Stretch, Failure> {
        let partition = self.table.keys().timeline(&self.contact);
        read(&self.table, caller, &self.contact, &Range { partition, direction, limit, after }).await
    }
}

#[tokio::test]
async fn a_timeline_reads_from_either_end_by_when_things_happened() {
    let scene = Scene::start("tenant").await;
    let mut activities = scene.write(4).await;
    // Told last, happened first.
    let late = scene.activity(scene.installation.ambient.now().plus_seconds(-3600));
    scene.table.put_new(activity_item(scene.table.keys(), &late)).await.unwrap();
    activities.insert(0, late);
    for direction in [Direction::Ascending, Direction::Descending] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let stretch = scene.read(&scene.owner(), direction, 2, after).await.unwrap();
            seen.extend(stretch.items.iter().map(|item| read_activity(item).unwrap()));
            after = stretch.last;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, activities, "{direction:?}");
        activities.reverse();
    }
}

#[tokio::test]
async fn things_of_the_same_moment_all_show() {
    let scene = Scene::start("tenant").await;
    let now = scene.installation.ambient.now();
    for _ in 0..3 {
        let activity = scene.activity(now);
        scene.table.put_new(activity_item(scene.table.keys(), &activity)).await.unwrap();
    }
    let stretch = scene.read(&scene.owner(), Direction::Descending, 50, None).await.unwrap();
    assert_eq!(stretch.items.len(), 3);
    assert_eq!(stretch.last, None);
}

#[tokio::test]
async fn a_timeline_shows_to_whoever_may_see_its_contact() {
    let scene = Scene::start("owner").await;
    scene.write(1).await;
    let outcome = async |caller: &Caller| scene.read(caller, Direction::Descending, 50, None).await;
    assert_eq!(outcome(&scene.owner()).await.unwrap().items.len(), 1);
    let refused = outcome(&scene.stranger()).await;
    assert!(matches!(refused, Err(Failure::NotFound("contact"))), "{refused:?}");

    let deleted = ItemBuilder::new(&scene.table.keys().contact(&scene.contact))
        .text("owner_id", scene.owner.as_str())
        .text("visibility", "owner")
        .time("deleted_at", scene.installation.ambient.now());
    scene.table.put_any(deleted.build()).await.unwrap();
    let gone = outcome(&scene.owner()).await;
    assert!(matches!(gone, Err(Failure::NotFound("contact"))), "{gone:?}");
}

#[tokio::test]
async fn a_timeline_without_a_contact_of_this_tenant_is_not_found() {
    let scene = Scene::start("tenant").await;
    scene.write(1).await;
    for name in ["tnt_b", "tnt_a-b"] {
        let other = scene.installation.table.of(&tenant(name));
        let caller = Caller { tenant: tenant(name), ..scene.owner() };
        for partition in [other.keys().timeline(&scene.contact), scene.table.keys().timeline(&scene.contact)]
        {
            let range = Range { partition, direction: Direction::Descending, limit: 50, after: None };
            let outcome = read(&other, &caller, &scene.contact, &range).await;
            assert!(matches!(outcome, Err(Failure::NotFound("contact"))), "{outcome:?}");
        }
    }
}

/// Units by reckoning: the contact is a read below 4 KB, the page adds up to less than fifty times half a KB.
#[tokio::test]
#[expect(clippy::print_stderr, reason = "the figures are for people too")]
async fn the_capacity_of_a_page_is_what_it_should_be() {
    let scene = Scene::start("tenant").await;
    scene.write(50).await;
    let traffic = scene.installation.table.traffic();
    let _ = traffic.take();
    let stretch = scene.read(&scene.owner(), Direction::Descending, 50, None).await.unwrap();
    assert_eq!(stretch.items.len(), 50);
    let units = traffic.take_units();
    eprintln!("capacity: timeline page of 50: {units} RRU");
    assert!((4.0..=8.0).contains(&units), "{units}");
}

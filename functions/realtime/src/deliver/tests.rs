use kernel::{ContactId, UserId};
use outbox::{Event, EventData, EventId};
use serde_json::{Value, json};
use table::ItemBuilder;
use testkit::TestInstallation;

use super::*;
use crate::{
    store::put_socket,
    testing::{FakeGateway, Manner},
};

/// A tenant with a contact, its owner and a colleague.
struct Scene {
    installation: TestInstallation,
    gateway: FakeGateway,
    courier: Courier,
    scope: TenantScope,
    contact: ContactId,
    owner: UserId,
    colleague: UserId,
}

impl Scene {
    async fn start(visibility: &str) -> Self {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let gateway = FakeGateway::start().await;
        let ambient = installation.ambient.clone();
        let courier = Courier::new(ambient.clone(), gateway.sockets.clone());
        let (owner, colleague) = (UserId::generate(&*ambient), UserId::generate(&*ambient));
        let contact = ContactId::generate(&*ambient);
        let row = ItemBuilder::new(&scope.table.keys().contact(&contact))
            .text("owner_id", owner.as_str())
            .text("visibility", visibility);
        installation.table.plant(row.build()).await;
        Self { installation, gateway, courier, scope, contact, owner, colleague }
    }

    async fn open(&self, user: &UserId, connection: &str) {
        put_socket(&self.scope, user, connection, self.installation.ambient.now()).await.unwrap();
    }

    /// Opened long enough ago to be taken for gone.
    async fn open_since_long(&self, user: &UserId, connection: &str) {
        let since = self.installation.ambient.now().plus_seconds(-60);
        put_socket(&self.scope, user, connection, since).await.unwrap();
    }

    fn delivery(&self, number: u8, concerned: &[UserId]) -> Delivery {
        let call = kernel::CallId::parse(&format!("call_{number:0>26}")).unwrap();
        let event = Event {
            id: EventId::of_call(&call, 1),
            occurred_at: self.installation.ambient.now(),
            contact_id: Some(self.contact.clone()),
            data: EventData::CallUpdated {
                user_id: None,
                call_id: call,
                status: "ringing".to_owned(),
                duration_seconds: None,
                version: 1,
            },
        };
        Delivery::new(self.scope.table.tenant(), &event, concerned).unwrap()
    }

    async fn deliver(&self, delivery: &Delivery) {
        self.courier.deliver(&self.scope, delivery).await.unwrap();
    }

    fn numbers(&self, connection: &str) -> Vec<Value> {
        self.gateway.frames(connection).iter().map(|frame| frame["seq"].clone()).collect()
    }
}

#[tokio::test]
async fn every_socket_of_everybody_concerned_gets_the_same_number() {
    let scene = Scene::start("tenant").await;
    scene.open(&scene.owner, "a=").await;
    scene.open(&scene.owner, "b=").await;
    scene.open(&scene.colleague, "c=").await;
    scene.deliver(&scene.delivery(1, &[scene.colleague.clone(), scene.colleague.clone()])).await;
    scene.deliver(&scene.delivery(2, &[])).await;
    assert_eq!(scene.numbers("a="), [json!(1), json!(2)], "the owner hears of everything");
    assert_eq!(scene.gateway.frames("a="), scene.gateway.frames("b="));
    assert_eq!(scene.numbers("c="), [json!(1)]);
    let head = scene.scope.table.event_log_head(&scene.owner).await.unwrap().unwrap();
    let frame = &scene.gateway.frames("a=")[1];
    assert_eq!((frame["epoch"].as_str(), head.seq), (Some(head.epoch.as_str()), 2));
}

/// The dispatcher was killed between the log and the sockets: the batch that comes again brings the frame.
#[tokio::test]
async fn what_is_delivered_again_is_pushed_under_the_number_it_has() {
    let scene = Scene::start("tenant").await;
    let delivery = scene.delivery(1, &[]);
    scene.deliver(&delivery).await;
    scene.open(&scene.owner, "a=").await;
    let other = Courier::new(scene.installation.ambient.clone(), scene.gateway.sockets.clone());
    other.deliver(&scene.scope, &delivery).await.unwrap();
    scene.deliver(&delivery).await;
    assert_eq!(scene.numbers("a="), [json!(1), json!(1)]);
    assert_eq!(scene.scope.table.event_log_head(&scene.owner).await.unwrap().unwrap().seq, 1);
}

#[tokio::test]
async fn a_socket_that_takes_nothing_is_cut_and_nobody_waits_for_it_again() {
    let scene = Scene::start("tenant").await;
    scene.open_since_long(&scene.owner, "stalled=").await;
    scene.open(&scene.owner, "a=").await;
    scene.gateway.set("stalled=", Manner::Stalled);
    scene.deliver(&scene.delivery(1, &[])).await;
    assert_eq!(scene.gateway.closed(), ["stalled="]);
    let waited_for = scene.gateway.stalls();
    assert!(waited_for > 0, "nobody has tried");
    scene.deliver(&scene.delivery(2, &[])).await;
    assert_eq!(scene.gateway.stalls(), waited_for);
    assert_eq!(scene.numbers("a="), [json!(1), json!(2)]);
}

#[tokio::test]
async fn gone_sockets_are_forgotten_throttled_and_opening_ones_are_not() {
    let scene = Scene::start("tenant").await;
    scene.open_since_long(&scene.owner, "gone=").await;
    scene.open_since_long(&scene.owner, "throttled=").await;
    scene.open(&scene.owner, "opening=").await;
    scene.gateway.set("gone=", Manner::Gone);
    scene.gateway.set("opening=", Manner::Gone);
    scene.gateway.set("throttled=", Manner::Throttled);
    scene.deliver(&scene.delivery(1, &[])).await;
    let left: Vec<_> = open_sockets(&scene.scope, &scene.owner).await.unwrap();
    let left: Vec<_> = left.iter().map(|socket| socket.connection.as_str()).collect();
    assert_eq!(left, ["opening=", "throttled="]);
    assert!(scene.gateway.closed().is_empty());
}

#[tokio::test]
async fn nobody_is_told_of_a_contact_that_they_may_not_see() {
    let scene = Scene::start("owner").await;
    let keys = scene.scope.table.keys();
    let admin = UserId::generate(&*scene.installation.ambient);
    for (user, role) in [(&scene.colleague, "rep"), (&admin, "admin")] {
        let row = ItemBuilder::new(&keys.user(user)).text("role", role).text("status", "active");
        scene.installation.table.plant(row.build()).await;
    }
    for (user, connection) in [(&scene.owner, "a="), (&scene.colleague, "b="), (&admin, "c=")] {
        scene.open(user, connection).await;
    }
    let stranger = UserId::generate(&*scene.installation.ambient);
    let everybody = [scene.colleague.clone(), admin, stranger];
    scene.deliver(&scene.delivery(1, &everybody)).await;
    let told = ["a=", "b=", "c="].map(|connection| scene.gateway.frames(connection).len());
    assert_eq!(told, [1, 0, 1]);

    let deleted = ItemBuilder::new(&keys.contact(&scene.contact))
        .text("owner_id", scene.owner.as_str())
        .text("visibility", "tenant")
        .time("deleted_at", scene.installation.ambient.now());
    scene.scope.table.put_any(deleted.build()).await.unwrap();
    scene.deliver(&scene.delivery(2, &everybody)).await;
    assert_eq!(scene.gateway.frames("a=").len(), 1);
}

/// Who shares a team with the owner sees what is shared with the team; a manager who does, everything of the owner's.
#[tokio::test]
async fn teammates_and_their_managers_are_told_as_far_as_they_see() {
    for (visibility, expected) in [("team", [1, 1, 1, 0]), ("owner", [1, 0, 1, 0])] {
        let scene = Scene::start(visibility).await;
        let ambient = &*scene.installation.ambient;
        let [ours, theirs] = ["team_01jd0000000000000000000000", "team_01jd0000000000000000000001"];
        let (manager, stranger) = (UserId::generate(ambient), UserId::generate(ambient));
        for (user, role, team, connection) in [
            (&scene.owner, "rep", ours, "a="),
            (&scene.colleague, "rep", ours, "b="),
            (&manager, "manager", ours, "c="),
            (&stranger, "manager", theirs, "d="),
        ] {
            let row = ItemBuilder::new(&scene.scope.table.keys().user(user)).text("role", role);
            let row = row.text("status", "active").text("team_ids", team);
            scene.installation.table.plant(row.build()).await;
            scene.open(user, connection).await;
        }
        scene.deliver(&scene.delivery(1, &[scene.colleague.clone(), manager, stranger])).await;
        let told = ["a=", "b=", "c=", "d="].map(|connection| scene.gateway.frames(connection).len());
        assert_eq!(told, expected, "{visibility}");
    }
}

#[tokio::test]
async fn who_watches_a_contact_is_told_until_the_socket_ends() {
    let scene = Scene::start("tenant").await;
    let now = scene.installation.ambient.now();
    scene.open(&scene.colleague, "a=").await;
    crate::watch::watch(&scene.scope, &scene.colleague, "a=", &scene.contact, now).await.unwrap();
    scene.deliver(&scene.delivery(1, &[])).await;
    assert_eq!(scene.numbers("a="), [json!(1)]);
    // The row of a socket whose end nobody told has gone; its watch is found and goes as well.
    let key = scene.scope.table.keys().socket(&scene.colleague, "a=");
    scene.scope.table.delete(&key).await.unwrap();
    scene.deliver(&scene.delivery(2, &[])).await;
    assert_eq!(scene.installation.table.items_under("T#tnt_a#WATCH").await.len(), 0);
    scene.deliver(&scene.delivery(3, &[])).await;
    let head = scene.scope.table.event_log_head(&scene.colleague).await.unwrap().unwrap();
    assert_eq!(head.seq, 2);
}

#[tokio::test]
async fn a_socket_watches_what_its_user_may_see_and_not_without_end() {
    let scene = Scene::start("owner").await;
    let now = scene.installation.ambient.now();
    let watch = async |user: &UserId, contact: &ContactId| {
        crate::watch::watch(&scene.scope, user, "a=", contact, now).await
    };
    assert!(matches!(watch(&scene.colleague, &scene.contact).await, Err(Failure::NotFound(_))));
    let missing = ContactId::generate(&*scene.installation.ambient);
    assert!(matches!(watch(&scene.owner, &missing).await, Err(Failure::NotFound(_))));
    for _ in 0..20 {
        let contact = ContactId::generate(&*scene.installation.ambient);
        let row = ItemBuilder::new(&scene.scope.table.keys().contact(&contact))
            .text("owner_id", scene.owner.as_str())
            .text("visibility", "owner");
        scene.installation.table.plant(row.build()).await;
        for _ in 0..2 {
            watch(&scene.owner, &contact).await.unwrap();
        }
    }
    let refused = watch(&scene.owner, &scene.contact).await;
    assert!(matches!(refused, Err(Failure::Conflict { code: "too_many_subscriptions", .. })), "{refused:?}");
    forget_socket(&scene.scope, &scene.owner, "a=").await.unwrap();
    assert!(scene.installation.table.items_under("T#tnt_a#WATCH").await.is_empty());
}

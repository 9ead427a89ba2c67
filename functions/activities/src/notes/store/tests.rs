use kernel::{Ambient, Role, TeamIds, UtcTime};
use table::{Direction, Range};
use testkit::{TestInstallation, bytes_of};

use super::*;

const TEXT: &str = "Wants the blue one, calls back on Friday";

struct Scene {
    installation: TestInstallation,
    scope: TenantScope,
    contact: ContactId,
    author: Caller,
}

impl Scene {
    async fn start(visibility: &str) -> Self {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let ambient = &*installation.ambient;
        let (contact, user) = (ContactId::generate(ambient), UserId::generate(ambient));
        let row = ItemBuilder::new(&scope.table.keys().contact(&contact))
            .text("owner_id", user.as_str())
            .text("visibility", visibility);
        installation.table.plant(row.build()).await;
        let author =
            Caller { tenant: scope.table.tenant().clone(), user, role: Role::Rep, teams: TeamIds::default() };
        Self { installation, scope, contact, author }
    }

    fn note(&self, occurred_at: UtcTime) -> Note {
        let now = self.installation.ambient.now();
        Note {
            id: NoteId::generate(&*self.installation.ambient),
            contact_id: self.contact.clone(),
            user_id: self.author.user.clone(),
            owner_id: self.author.user.clone(),
            text: TEXT.to_owned(),
            mentions: Vec::new(),
            occurred_at,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    async fn plant_user(&self, role: &str, status: &str) -> UserId {
        let user = UserId::generate(&*self.installation.ambient);
        let row = ItemBuilder::new(&self.scope.table.keys().user(&user)).text("role", role);
        self.installation.table.plant(row.text("status", status).build()).await;
        user
    }

    async fn timeline(&self) -> Vec<String> {
        let range = Range {
            partition: self.scope.table.keys().timeline(&self.contact),
            direction: Direction::Ascending,
            limit: 50,
            after: None,
        };
        let items = self.scope.table.query(&range).await.unwrap().items;
        items.iter().map(|item| ItemReader::new(item).sort().unwrap()[..24].to_owned()).collect()
    }
}

#[tokio::test]
async fn a_note_is_read_as_it_was_written_and_nobody_reads_it_in_the_table() {
    let scene = Scene::start("tenant").await;
    let store = NoteStore::open(&scene.scope).await.unwrap();
    let note = scene.note(scene.installation.ambient.now());
    store.insert(&note).await.unwrap();
    assert!(store.find(&note.id).await.unwrap() == Some(note.clone()));
    let rows = scene.installation.table.items_under("T#tnt_a#").await;
    let with_text =
        rows.iter().filter(|row| row.contains_key(Purpose::NoteText.as_str())).collect::<Vec<_>>();
    assert_eq!(with_text.len(), 2);
    for row in rows {
        let bytes = bytes_of(&row);
        assert!(!bytes.windows(4).any(|window| window == b"blue"), "{:?}", row["pk"]);
    }
}

#[tokio::test]
async fn a_note_lies_where_it_happened_moves_and_goes() {
    let scene = Scene::start("tenant").await;
    let store = NoteStore::open(&scene.scope).await.unwrap();
    let now = scene.installation.ambient.now();
    let (late, early) = (scene.note(now), scene.note(now.plus_seconds(-86_400)));
    store.insert(&late).await.unwrap();
    store.insert(&early).await.unwrap();
    let time = |seconds: i64| now.plus_seconds(seconds).to_string();
    assert_eq!(scene.timeline().await, [time(-86_400), time(0)]);
    let moved = Note { occurred_at: now.plus_seconds(-3600), version: 2, ..early.clone() };
    store.replace(&early, &moved).await.unwrap();
    assert_eq!(scene.timeline().await, [time(-3600), time(0)]);
    assert!(matches!(store.replace(&early, &moved).await, Err(Failure::Stale)));
    assert!(matches!(store.remove(&early).await, Err(Failure::Stale)));
    store.remove(&moved).await.unwrap();
    assert_eq!(scene.timeline().await, [time(0)]);
    assert!(store.find(&moved.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_note_needs_a_contact_that_is_there() {
    let scene = Scene::start("tenant").await;
    let store = NoteStore::open(&scene.scope).await.unwrap();
    let note = Note {
        contact_id: ContactId::generate(&*scene.installation.ambient),
        ..scene.note(scene.installation.ambient.now())
    };
    assert!(matches!(store.insert(&note).await, Err(Failure::NotFound("contact"))));
    assert!(store.find(&note.id).await.unwrap().is_none());
}

#[tokio::test]
async fn only_who_may_see_the_contact_can_be_mentioned() {
    let scene = Scene::start("owner").await;
    let store = NoteStore::open(&scene.scope).await.unwrap();
    let access = store.access(&scene.contact, &scene.author).await.unwrap();
    let users = [
        scene.plant_user("admin", "active").await,
        scene.plant_user("rep", "active").await,
        scene.plant_user("admin", "disabled").await,
        UserId::generate(&*scene.installation.ambient),
    ];
    store.check_mentions(&users[..1], &access).await.unwrap();
    store.check_mentions(&[], &access).await.unwrap();
    let Err(Failure::Invalid(errors)) = store.check_mentions(&users, &access).await else {
        panic!("they were taken")
    };
    let found: Vec<_> = errors.iter().map(|error| (error.field.as_str(), error.code)).collect();
    assert_eq!(
        found,
        [
            ("mentions[1]", "cannot_see_contact"),
            ("mentions[2]", "unknown_user"),
            ("mentions[3]", "unknown_user")
        ]
    );
    let stranger = Caller { user: users[1].clone(), ..scene.author.clone() };
    assert!(matches!(store.access(&scene.contact, &stranger).await, Err(Failure::NotFound("contact"))));
}

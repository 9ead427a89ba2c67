mod duplicates;
mod end;
mod failures;

use std::{collections::BTreeMap, time::Duration};

use kernel::{ImportId, Limit, Role, UserId, UserRecord, access::Visibility};
use table::{Direction, ItemBuilder, Purpose, Range};
use tenancy::seal_record;
use testkit::{MemoryObjects, TestInstallation};

use super::*;
use crate::{
    contact::Contact,
    imports::{
        import::{Counts, Position},
        start::{StartInput, begin},
    },
};

const MAPPING: &str = r#"{"First": "first_name", "Last": "last_name", "Mail": "email", "Mobile": "phone.mobile", "Tags": "tags"}"#;
const HEADER: &str = "First,Last,Mail,Mobile,Tags\n";

/// A tenant, its files, and a user who imports.
struct Scene {
    installation: TestInstallation,
    scope: TenantScope,
    files: MemoryObjects,
    user: UserId,
}

impl Scene {
    async fn open() -> Self {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let user = UserId::generate(&*installation.ambient);
        let scene = Self { installation, scope, files: MemoryObjects::default(), user };
        scene.plant_user(&scene.user, "importer@alpha.example", "active").await;
        scene
    }

    async fn plant_user(&self, user: &UserId, email: &str, status: &str) {
        let key = self.scope.table.keys().user(user);
        let vault = self.scope.vault().await.unwrap();
        let record = UserRecord::new("Somebody".to_owned(), email.to_owned(), None);
        let item = ItemBuilder::new(&key)
            .text("role", Role::Rep.as_str())
            .text("status", status)
            .sealed(Purpose::UserProfile, seal_record(&vault, &key, Purpose::UserProfile, &record).unwrap());
        self.installation.table.plant(item.build()).await;
    }

    fn work(&self) -> Work<'_> {
        Work { scope: &self.scope, files: &self.files, ambient: &*self.installation.ambient }
    }

    /// An import of this file, as it stands once it has been started.
    async fn started(&self, file: &[u8], mapping: &str, on_duplicate: &str) -> Result<Import, Failure> {
        let ambient = &*self.installation.ambient;
        ambient.advance_seconds(1);
        let size = i64::try_from(file.len()).unwrap();
        let id = ImportId::generate(ambient);
        let import = Import::announced(id, self.user.clone(), size, ambient.now());
        store::insert(&self.scope, &import).await.unwrap();
        self.files.put(&import.upload(), file.to_vec()).await.unwrap();
        let input = format!(r#"{{"mapping": {mapping}, "on_duplicate": "{on_duplicate}"}}"#);
        let input: StartInput = serde_json::from_str(&input).unwrap();
        begin(&self.scope, &self.files, import, &input, ambient.now()).await
    }

    fn long_after(&self) -> UtcTime {
        self.installation.ambient.now().plus_seconds(3600)
    }

    async fn imported(&self, file: &str, on_duplicate: &str) -> Import {
        let import = self.started(file.as_bytes(), MAPPING, on_duplicate).await.unwrap();
        let (import, going_on) = self.work().go_on(import, self.long_after()).await.unwrap();
        assert!(!going_on);
        import
    }

    async fn contacts(&self) -> Vec<Contact> {
        let store = ContactStore::open(&self.scope).await.unwrap();
        let (mut contacts, mut after) = (Vec::new(), None);
        loop {
            let range = Range {
                partition: self.scope.table.keys().contacts(),
                direction: Direction::Ascending,
                limit: Limit::MAXIMUM,
                after,
            };
            let page = self.scope.table.query(&range).await.unwrap();
            contacts.extend(page.items.iter().map(|item| store.read(item).unwrap()));
            after = page.last;
            if after.is_none() {
                return contacts;
            }
        }
    }

    async fn names(&self) -> Vec<String> {
        let contacts = self.contacts().await;
        contacts.into_iter().map(|contact| contact.details.first_name.unwrap_or_default()).collect()
    }

    fn report(&self, import: &Import) -> Vec<Vec<String>> {
        let Some(bytes) = self.files.lock().get(&import.report()).cloned() else { return Vec::new() };
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}

fn counts(created: u32, updated: u32, skipped: u32, failed: u32) -> Counts {
    Counts { created, updated, skipped, failed }
}

fn numbered(count: usize) -> String {
    let row =
        |number: usize| format!("Zoë {number},Lastly,zoe{number}@gamma.example,+1415555{number:04},a; b\n");
    format!("{HEADER}{}", (0..count).map(row).collect::<String>())
}

#[tokio::test]
async fn every_good_row_becomes_a_contact_and_every_bad_one_a_line_of_the_report() {
    let scene = Scene::open().await;
    let file = format!(
        "{HEADER}Ada,Lovelace,ada@gamma.example,(415) 555-0132,\"warm, vip\"\nAlan,Turing,=nonsense,+1 415 555 0133,\n\
         Grace,Hopper,grace@gamma.example\n,,,,\nEdsger,Dijkstra,,123,\n,,,,cold\nBarbara,Liskov,,,\n"
    );
    let import = scene.imported(&file, "skip").await;
    assert_eq!((import.status, import.counts), (Status::Completed, counts(2, 0, 1, 4)));
    assert_eq!((import.rows_total, import.position.row), (Some(7), 8));
    let contacts = scene.contacts().await;
    let names: Vec<_> = contacts.iter().filter_map(|contact| contact.details.first_name.as_deref()).collect();
    assert_eq!(names, ["Ada", "Barbara"]);
    let ada = &contacts[0];
    assert_eq!(ada.details.tags, ["warm", "vip"]);
    assert_eq!(ada.details.phones[0].number.e164(), "+14155550132");
    assert_eq!((&ada.access.owner, ada.version), (&scene.user, 1));
    assert_eq!(Some(ada.created_at), import.started_at);
    let report = scene.report(&import);
    let lines: Vec<_> = report.iter().map(|line| line[..4].join("|")).collect();
    let expected = [
        "3|Mail|'=nonsense|invalid_email",
        "4|||wrong_number_of_cells",
        "6|Mobile|123|invalid_phone",
        "7|||empty_contact",
    ];
    assert_eq!(lines, expected);
    // Of the file nothing stays but the report.
    assert_eq!(scene.files.lock().keys().collect::<Vec<_>>(), [&import.report()]);
}

#[tokio::test]
async fn whom_the_importer_may_not_see_is_no_duplicate() {
    let scene = Scene::open().await;
    let mapping = r#"{"First": "first_name", "Mail": "email", "Owner": "owner_email", "Seen": "visibility"}"#;
    let colleague = UserId::generate(&*scene.installation.ambient);
    scene.plant_user(&colleague, "Colleague@alpha.example", "invited").await;
    let left = UserId::generate(&*scene.installation.ambient);
    scene.plant_user(&left, "left@alpha.example", "disabled").await;
    let file = "First,Mail,Owner,Seen\nHidden,ada@gamma.example,colleague@ALPHA.example,owner\n\
                Gone,gone@gamma.example,left@alpha.example,\nOdd,odd@gamma.example,,everybody\n";
    let import = scene.started(file.as_bytes(), mapping, "skip").await.unwrap();
    let (import, _) = scene.work().go_on(import, scene.long_after()).await.unwrap();
    assert_eq!(import.counts, counts(1, 0, 0, 2));
    let codes: Vec<_> =
        scene.report(&import).into_iter().map(|line| format!("{}|{}", line[1], line[3])).collect();
    assert_eq!(codes, ["Owner|unknown_user", "Seen|unknown_visibility"]);
    let hidden = &scene.contacts().await[0];
    assert_eq!((&hidden.access.owner, hidden.access.visibility), (&colleague, Visibility::Owner));
    for on_duplicate in ["skip", "update"] {
        let scene_file = format!("{HEADER}Mine,,ada@gamma.example,,{on_duplicate}\n");
        let import = scene.imported(&scene_file, on_duplicate).await;
        // The first makes one of the importer's own; the second finds that one.
        assert_eq!(
            import.counts,
            if on_duplicate == "skip" { counts(1, 0, 0, 0) } else { counts(0, 1, 0, 0) }
        );
    }
    let hidden = &scene.contacts().await[0];
    assert_eq!((hidden.details.first_name.as_deref(), hidden.version), (Some("Hidden"), 1));
}

#[tokio::test]
async fn whatever_it_is_interrupted_by_every_row_is_written_once() {
    let scene = Scene::open().await;
    let rows = 600;
    let mut file = numbered(rows);
    file.push_str("Bad,,nonsense,,\nAgain,,zoe5@gamma.example,,\n");
    for on_duplicate in ["create", "skip"] {
        let file = file
            .replace("@gamma", &format!("@{on_duplicate}"))
            .replace("+1415", if on_duplicate == "skip" { "+1416" } else { "+1415" });
        let import = scene.started(file.as_bytes(), MAPPING, on_duplicate).await.unwrap();
        let (mut patience, mut interruptions) = (Duration::from_millis(10), 0);
        let import = loop {
            let found = store::find(&scene.scope, &import.id).await.unwrap().unwrap();
            let work = scene.work();
            match tokio::time::timeout(patience, work.go_on(found, scene.long_after())).await {
                Ok(Ok((import, false))) => break import,
                Ok(outcome) => panic!("{:?}", outcome.map(|(import, going_on)| (import.status, going_on))),
                Err(_) => interruptions += 1,
            }
            patience = patience * 3 / 2;
        };
        assert!(interruptions > 3, "it was interrupted {interruptions} times");
        let total = u32::try_from(rows).unwrap();
        let again =
            if on_duplicate == "create" { counts(total + 1, 0, 0, 1) } else { counts(total, 0, 1, 1) };
        assert_eq!(import.counts, again, "{on_duplicate}");
        let report: Vec<_> = scene.report(&import).into_iter().map(|line| line[3].clone()).collect();
        let expected: &[_] =
            if on_duplicate == "create" { &["invalid_email"] } else { &["invalid_email", "duplicate"] };
        assert_eq!(report, expected, "{on_duplicate}");
    }
    assert_eq!(scene.contacts().await.len(), 2 * rows + 1);
    let logged = scene.installation.table.items_under("T#tnt_a#SEARCHLOG").await;
    assert_eq!(logged.len(), 2 * rows + 1, "each is told to the search once");
}

#[tokio::test]
async fn what_was_written_and_not_noted_is_noted_and_not_written() {
    let scene = Scene::open().await;
    let started = scene.started(numbered(300).as_bytes(), MAPPING, "update").await.unwrap();
    let checked = scene.work().check(started).await.unwrap();
    let at_once = scene.installation.ambient.now();
    let (noted, going_on) = scene.work().go_on(checked.clone(), at_once).await.unwrap();
    assert!(going_on && noted.counts == counts(250, 0, 0, 0));
    // Two workers of one import: who notes second stops.
    assert!(matches!(scene.work().go_on(checked.clone(), at_once).await, Err(Failure::Stale)));
    // A worker that was cut off between its last write and its note.
    let vault_row = store::find(&scene.scope, &checked.id).await.unwrap().unwrap();
    let lost = Import { version: vault_row.version, ..checked };
    let (again, _) = scene.work().go_on(lost, at_once).await.unwrap();
    assert_eq!(again.counts, counts(250, 0, 0, 0));
    let (done, going_on) = scene.work().go_on(again, scene.long_after()).await.unwrap();
    assert_eq!((done.counts, going_on), (counts(300, 0, 0, 0), false));
    assert_eq!(scene.contacts().await.len(), 300);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_to_its_end_is_not_begun() {
    let scene = Scene::open().await;
    let many = format!("Mail\n{}", "a@b.example\n".repeat(100_001));
    let mut latin = numbered(9000).into_bytes();
    latin.extend(b"Zo\xeb,,zoe@gamma.example,,\n");
    let open = format!("{}\"open,,,,\n{}", numbered(10), "x,y,z,,\n".repeat(40_000));
    for (file, mapping, code, row) in [
        (many.as_bytes(), r#"{"Mail": "email"}"#, "too_many_rows", 100_002),
        (&latin, MAPPING, "invalid_encoding", 9002),
        (open.as_bytes(), MAPPING, "row_too_long", 12),
    ] {
        let import = scene.started(file, mapping, "skip").await.unwrap();
        let (import, going_on) = scene.work().go_on(import, scene.long_after()).await.unwrap();
        let fault = import.fault.clone().unwrap();
        assert_eq!((import.status, fault.code.as_ref(), fault.row), (Status::Failed, code, Some(row)));
        assert!(!going_on && import.finished_at.is_some());
        assert!(scene.contacts().await.is_empty());
        assert!(scene.files.lock().is_empty());
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_begun_says_why() {
    let scene = Scene::open().await;
    let long = format!("\"First{}", "x".repeat(200_000));
    for (file, code) in [
        (b"\xef\xbb\xbf".as_slice(), "empty_file"),
        (b"\n\n", "empty_file"),
        (b"First,Last,Mail,Mobile,Tags\n", "no_rows"),
        (b"First,Last,Mail,Mobile,Mail\nx,y,z,,\n", "duplicate_headers"),
        (b",,\nx,y,z\n", "no_header"),
        (b"PK\x03\x04\x00\x00", "invalid_encoding"),
        (b"F\x00i\x00r\x00", "invalid_encoding"),
        (b"Fir\xe9st,Last\n", "invalid_encoding"),
        (long.as_bytes(), "row_too_long"),
        (b"First;Last\nx;y\n", "unknown_column"),
    ] {
        let Err(Failure::Invalid(errors)) = scene.started(file, MAPPING, "skip").await else {
            panic!("{code}: it was taken")
        };
        assert_eq!(errors[0].code, code);
    }
    let taken =
        scene.started("First\tLast\tMail\tMobile\tTags\nx\ty\t\t\t".as_bytes(), MAPPING, "skip").await;
    assert_eq!(taken.unwrap().order.unwrap().layout.delimiter, b'\t');
}

#[tokio::test]
async fn who_has_left_imports_nothing_more() {
    let scene = Scene::open().await;
    let import = scene.started(numbered(5).as_bytes(), MAPPING, "skip").await.unwrap();
    scene.plant_user(&scene.user, "importer@alpha.example", "disabled").await;
    let (import, _) = scene.work().go_on(import, scene.long_after()).await.unwrap();
    assert_eq!(import.fault.unwrap().code, "importer_left");
    assert!(scene.contacts().await.is_empty());
}

/// Counted by the API that answers the tests: what 500 rows with an address and a number cost, each.
#[tokio::test]
async fn a_row_costs_what_a_contact_costs() {
    let scene = Scene::open().await;
    let import = scene.started(numbered(500).as_bytes(), MAPPING, "skip").await.unwrap();
    let traffic = scene.installation.table.traffic();
    let _ = traffic.take();
    scene.work().go_on(import, scene.long_after()).await.unwrap();
    let mut units = BTreeMap::<String, (usize, f64)>::new();
    for call in traffic.take() {
        let spent = units.entry(call.operation).or_default();
        spent.0 += 1;
        spent.1 += call.units;
    }
    let (transactions, written) = units["TransactWriteItems"];
    // Twelve to fifteen rows a transaction; a contact, its row in the log and two index rows, doubled, with both indexes.
    assert!(transactions < 50, "{units:?}");
    assert!(written / 500.0 <= 20.0, "{units:?}");
    let (queries, read) = units["Query"];
    assert!(queries <= 1010 && read <= 1010.0, "{units:?}");
}

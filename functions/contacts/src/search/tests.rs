mod compaction;
mod model;

use std::slice;

use kernel::{ContactId, Role, TeamIds, UserId, access::Visibility};
use table::{ContactDefaults, ItemBuilder};
use testkit::{MemoryObjects, TestInstallation, tenant};

use super::{
    compact::{Compaction, Outcome},
    held::{Held, HeldIndex, RefreshError, refresh},
    *,
};
use crate::contact::{ContactChange, CustomFields, Surroundings, history::By};

/// A contact whose creator owns it.
fn contact_of(body: &str, tenant: &TenantId, ambient: &dyn Ambient) -> Contact {
    let creator = Caller {
        tenant: tenant.clone(),
        user: UserId::generate(ambient),
        role: Role::Rep,
        teams: TeamIds::default(),
    };
    let now = ambient.now();
    let blank = Contact::blank(ContactId::generate(ambient), &creator, Visibility::Tenant, now);
    let change: ContactChange = serde_json::from_str(body).unwrap();
    let surroundings = Surroundings {
        defaults: ContactDefaults { country: "US".to_owned(), visibility: Visibility::Tenant },
        custom_fields: CustomFields::default(),
    };
    change.apply(&blank, &surroundings, now).unwrap().next_version(now)
}

/// A tenant, its objects, and an environment that searches it.
struct Bench {
    installation: TestInstallation,
    scope: TenantScope,
    objects: Arc<MemoryObjects>,
}

impl Bench {
    async fn open() -> Self {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        Self { installation, scope, objects: Arc::default() }
    }

    async fn insert(&self, first: &str, last: &str) -> Contact {
        let ambient = &*self.installation.ambient;
        ambient.advance_seconds(1);
        let body = format!(r#"{{"first_name": "{first}", "last_name": "{last}"}}"#);
        let contact = contact_of(&body, self.scope.table.tenant(), ambient);
        let store = ContactStore::open(&self.scope).await.unwrap();
        store.insert(&contact, &contact.access.owner).await.unwrap();
        contact
    }

    async fn remove(&self, contact: &Contact) -> Contact {
        self.installation.ambient.advance_seconds(1);
        let deleted = contact.clone().next_version(self.installation.ambient.now());
        let store = ContactStore::open(&self.scope).await.unwrap();
        store.remove(&deleted, contact.version).await.unwrap();
        deleted
    }

    async fn refresh(&self, held: &mut Option<HeldIndex>) -> Result<(), RefreshError> {
        let vault = self.scope.vault().await.unwrap();
        refresh(held, &self.scope, &vault, self.objects.clone(), self.installation.ambient.now()).await
    }

    async fn find(&self, held: &mut Option<HeldIndex>, text: &str) -> Vec<ContactId> {
        self.refresh(held).await.unwrap();
        let index = &held.as_ref().unwrap().index;
        let hits = index.search(&Query::parse(text).unwrap(), 10, |_| true);
        hits.into_iter().map(|hit| hit.id).collect()
    }

    async fn compact(&self, rebuild: bool) -> Outcome {
        self.installation.ambient.advance_seconds(1);
        let now = self.installation.ambient.now();
        let tenant = self.scope.table.tenant();
        let message =
            if rebuild { SearchChanged::rebuild(tenant, now) } else { SearchChanged::new(tenant, now) };
        self.run(&message).await
    }

    async fn run(&self, message: &SearchChanged) -> Outcome {
        self.compaction().run(message).await.unwrap()
    }

    fn compaction(&self) -> Compaction<'_> {
        Compaction { scope: &self.scope, objects: self.objects.clone(), ambient: &*self.installation.ambient }
    }

    async fn log_rows(&self) -> usize {
        self.installation.table.items_under("T#tnt_a#SEARCHLOG").await.len()
    }
}

#[tokio::test]
async fn what_is_committed_is_found_by_the_next_search() {
    let bench = Bench::open().await;
    let mut held = None;
    assert!(bench.find(&mut held, "lovelace").await.is_empty());
    let ada = bench.insert("Ada", "Lovelace").await;
    assert_eq!(bench.find(&mut held, "lovlace ada").await, slice::from_ref(&ada.id));
    let other = bench.insert("Byron", "Lovelace").await;
    assert_eq!(bench.find(&mut held, "byron lovelace").await[0], other.id);
    bench.remove(&ada).await;
    assert_eq!(bench.find(&mut held, "lovelace").await, [other.id]);
}

/// The table of these tests has no replicas that lag, so what is asked for has to be looked at.
#[tokio::test]
async fn whatever_a_search_goes_by_is_read_as_it_is_committed() {
    let bench = Bench::open().await;
    bench.insert("Ada", "Lovelace").await;
    let traffic = bench.installation.table.traffic();
    let mut held = None;
    for rebuilt in [false, true] {
        if rebuilt {
            bench.compact(true).await;
        }
        let _ = traffic.take();
        bench.refresh(&mut held).await.unwrap();
        let calls = traffic.take();
        assert!(!calls.is_empty() && calls.iter().all(|call| call.consistent), "{calls:?}");
    }
}

#[tokio::test]
async fn every_way_of_writing_a_contact_is_found() {
    let bench = Bench::open().await;
    let store = ContactStore::open(&bench.scope).await.unwrap();
    let mut held = None;
    let ada = bench.insert("Ada", "Lovelace").await;
    bench.installation.ambient.advance_seconds(1);
    let mut married = ada.clone().next_version(bench.installation.ambient.now());
    married.details.last_name = Some("King".to_owned());
    store
        .replace(&ada, &married, Some(By::user(&ada.access.owner, &*bench.installation.ambient)))
        .await
        .unwrap();
    assert!(bench.find(&mut held, "lovelace").await.is_empty());
    assert_eq!(bench.find(&mut held, "king").await, slice::from_ref(&ada.id));
    let deleted = bench.remove(&married).await;
    assert!(bench.find(&mut held, "king").await.is_empty());
    bench.compact(false).await;
    bench.installation.ambient.advance_seconds(1);
    let restored = deleted.clone().next_version(bench.installation.ambient.now());
    let owner =
        ItemBuilder::new(&bench.scope.table.keys().user(&restored.access.owner)).text("status", "active");
    bench.scope.table.put_any(owner.build()).await.unwrap();
    store
        .restore(&restored, deleted.version, By::user(&restored.access.owner, &*bench.installation.ambient))
        .await
        .unwrap();
    for held in [&mut held, &mut None] {
        assert_eq!(bench.find(held, "king").await, slice::from_ref(&ada.id));
    }
}

#[tokio::test]
async fn a_warm_search_reads_the_manifest_and_the_log_once() {
    let bench = Bench::open().await;
    bench.insert("Ada", "Lovelace").await;
    let mut held = None;
    bench.refresh(&mut held).await.unwrap();
    bench.compact(false).await;
    bench.refresh(&mut held).await.unwrap();
    let _ = bench.installation.table.traffic().take();
    bench.refresh(&mut held).await.unwrap();
    let mut calls: Vec<_> =
        bench.installation.table.traffic().take().into_iter().map(|call| call.operation).collect();
    calls.sort();
    assert_eq!(calls, ["GetItem", "Query"]);
}

/// After an import the log is long until it is compacted; a search looks at what may have come late and at nothing else.
#[tokio::test]
async fn what_cannot_come_late_any_more_is_not_read_again() {
    let bench = Bench::open().await;
    let mut held = None;
    for number in 0..30 {
        bench.insert("Ada", &format!("Lovelace{number}")).await;
    }
    bench.refresh(&mut held).await.unwrap();
    let _ = bench.installation.table.traffic().take();
    let read = async |held: &mut Option<HeldIndex>| {
        bench.refresh(held).await.unwrap();
        bench.installation.table.traffic().take_units()
    };
    let at_once = read(&mut held).await;
    bench.installation.ambient.advance_seconds(61);
    read(&mut held).await;
    let later = read(&mut held).await;
    assert!(later <= 2.0 && later < at_once, "{at_once} units at once, {later} a minute later");
    let late = bench.insert("Alan", "Turing").await;
    assert_eq!(bench.find(&mut held, "turing").await, [late.id]);
}

#[tokio::test]
async fn shards_hold_what_the_log_held() {
    let bench = Bench::open().await;
    let (ada, alan) = (bench.insert("Ada", "Lovelace").await, bench.insert("Alan", "Turing").await);
    let mut warm = None;
    bench.refresh(&mut warm).await.unwrap();
    assert_eq!(bench.compact(false).await, Outcome::Done);
    let grace = bench.insert("Grace", "Hopper").await;
    let mut cold = None;
    for held in [&mut warm, &mut cold] {
        assert_eq!(bench.find(held, "lovelace").await, slice::from_ref(&ada.id));
        assert_eq!(bench.find(held, "turing").await, slice::from_ref(&alan.id));
        assert_eq!(bench.find(held, "hopper").await, slice::from_ref(&grace.id));
    }
    // A message about what is in the shards already changes nothing.
    let objects = bench.objects.lock().clone();
    let message = SearchChanged::new(bench.scope.table.tenant(), alan.updated_at);
    assert!(matches!(bench.run(&message).await, Outcome::Early(_)));
    assert_eq!(*bench.objects.lock(), objects);

    assert_eq!(bench.compact(false).await, Outcome::Done);
    assert_eq!(bench.objects.lock().len(), 1, "an old generation goes");
    assert!(bench.objects.lock().keys().all(|name| !objects.contains_key(name)));
    for held in [&mut warm, &mut cold] {
        assert_eq!(bench.find(held, "hoper").await, slice::from_ref(&grace.id));
        assert_eq!(held.as_ref().unwrap().index.changes(), 0, "what the shards hold is let go of");
    }
}

#[tokio::test]
async fn the_log_is_purged_when_nobody_can_need_it() {
    let bench = Bench::open().await;
    let ada = bench.insert("Ada", "Lovelace").await;
    bench.installation.ambient.advance_seconds(900);
    for wait in [0, 100] {
        bench.installation.ambient.advance_seconds(wait);
        bench.compact(false).await;
        assert_eq!(bench.log_rows().await, 1, "a search may have read the manifest before");
    }
    bench.installation.ambient.advance_seconds(20);
    let alan = bench.insert("Alan", "Turing").await;
    bench.compact(false).await;
    assert_eq!(bench.log_rows().await, 1);
    for (text, contact) in [("lovelace", ada), ("turing", alan)] {
        assert_eq!(bench.find(&mut None, text).await, [contact.id]);
    }
}

#[tokio::test]
async fn a_rebuild_that_was_asked_for_is_made_whatever_was_compacted_since() {
    let bench = Bench::open().await;
    let ada = bench.insert("Ada", "Lovelace").await;
    bench.compact(false).await;
    bench.installation.ambient.advance_seconds(1);
    let asked = SearchChanged::rebuild(bench.scope.table.tenant(), bench.installation.ambient.now());
    bench.insert("Alan", "Turing").await;
    bench.compact(false).await;
    let names = || bench.objects.lock().keys().cloned().collect::<Vec<_>>();
    let compacted = names();
    assert_eq!(bench.run(&asked).await, Outcome::Done);
    let rebuilt = names();
    assert_ne!(rebuilt, compacted);
    // Asked for twice it is made once.
    assert_eq!(bench.run(&asked).await, Outcome::Done);
    assert_eq!(names(), rebuilt);
    assert_eq!(bench.find(&mut None, "lovelace").await, [ada.id]);
}

#[tokio::test]
async fn what_was_removed_leaves_shards_and_log_at_once() {
    let bench = Bench::open().await;
    let (ada, alan) = (bench.insert("Ada", "Lovelace").await, bench.insert("Alan", "Turing").await);
    let mut warm = None;
    bench.refresh(&mut warm).await.unwrap();
    bench.compact(false).await;
    bench.remove(&ada).await;
    bench.compact(false).await;
    // What stays of her is that she is gone; Alan's row waits for its time of grace.
    assert_eq!(bench.log_rows().await, 2);
    for held in [&mut warm, &mut None] {
        assert!(bench.find(held, "lovelace").await.is_empty());
        assert_eq!(bench.find(held, "turing").await, slice::from_ref(&alan.id));
    }
    for rows in [2, 0] {
        bench.installation.ambient.advance_seconds(121);
        bench.compact(false).await;
        assert_eq!(bench.log_rows().await, rows);
    }
    assert!(bench.find(&mut None, "lovelace").await.is_empty());
}

#[tokio::test]
async fn a_broken_shard_is_made_anew() {
    let bench = Bench::open().await;
    let ada = bench.insert("Ada", "Lovelace").await;
    bench.compact(false).await;
    bench.installation.ambient.advance_seconds(601);
    bench.insert("Alan", "Turing").await;
    bench.compact(false).await;
    let break_it = |how: fn(&mut Vec<u8>)| bench.objects.lock().values_mut().for_each(how);
    let breaks: [fn(&mut Vec<u8>); 3] = [|bytes| bytes[40] ^= 1, Vec::clear, |bytes| bytes.truncate(30)];
    for how in breaks {
        break_it(how);
        assert!(matches!(bench.refresh(&mut None).await, Err(RefreshError::Broken)));
        assert_eq!(bench.compact(true).await, Outcome::Done);
        assert_eq!(bench.find(&mut None, "lovelace").await, slice::from_ref(&ada.id));
    }
    // One that is lost altogether is noticed by the worker itself.
    bench.objects.lock().clear();
    assert!(matches!(bench.refresh(&mut None).await, Err(RefreshError::Broken)));
    bench.insert("Grace", "Hopper").await;
    bench.compact(false).await;
    assert_eq!(bench.find(&mut None, "lovelace").await, [ada.id]);
}

#[tokio::test]
async fn a_shard_under_another_name_does_not_open() {
    let bench = Bench::open().await;
    bench.insert("Ada", "Lovelace").await;
    bench.compact(false).await;
    let (old_name, old) = bench.objects.lock().pop_first().unwrap();
    bench.objects.lock().insert(old_name, old.clone());
    bench.insert("Alan", "Turing").await;
    bench.compact(false).await;
    // Yesterday's generation in today's place would bring back what was removed since.
    bench.objects.lock().values_mut().for_each(|bytes| bytes.clone_from(&old));
    assert!(matches!(bench.refresh(&mut None).await, Err(RefreshError::Broken)));
}

#[tokio::test]
async fn one_worker_at_a_time_writes_shards() {
    let bench = Bench::open().await;
    bench.insert("Ada", "Lovelace").await;
    let now = bench.installation.ambient.now();
    let before = manifest::Manifest::read(&bench.scope).await.unwrap();
    let mut lease = manifest::Manifest::lease(before, &bench.scope, now).await.unwrap().unwrap();
    assert_eq!(bench.compact(false).await, Outcome::Busy);
    assert!(bench.objects.lock().is_empty());
    // A worker that does not come back is not waited for, and when it does come back it changes nothing.
    bench.installation.ambient.advance_seconds(331);
    assert_eq!(bench.compact(false).await, Outcome::Done);
    assert!(!lease.publish(&bench.scope, manifest::Made::default()).await.unwrap());
    lease.give_back(&bench.scope, true).await.unwrap();
    assert_eq!(bench.find(&mut None, "lovelace").await.len(), 1);
}

#[tokio::test]
async fn tenants_that_nobody_searches_make_way() {
    let held = Held::with_room(100);
    let [first, second, third] = ["tnt_a", "tnt_b", "tnt_c"].map(tenant);
    for one in [&first, &second] {
        held.index_of(one).await;
        held.note(one, 50).await;
    }
    held.index_of(&first).await;
    held.index_of(&third).await;
    held.note(&third, 30).await;
    let mut kept = held.tenants().await;
    kept.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    assert_eq!(kept, [first, third.clone()]);
    held.note(&third, 500).await;
    assert_eq!(held.tenants().await, [third], "the one that is searched stays, however large");
}

#[tokio::test]
async fn found_contacts_come_in_the_order_of_the_search() {
    let bench = Bench::open().await;
    let (ada, alan) = (bench.insert("Ada", "Lovelace").await, bench.insert("Alan", "Turing").await);
    let gone = ContactId::generate(&*bench.installation.ambient);
    let store = ContactStore::open(&bench.scope).await.unwrap();
    let found = find_all(&store, &[alan.id.clone(), gone, ada.id.clone()]).await.unwrap();
    let ids: Vec<_> = found.into_iter().map(|(contact, _)| contact.id).collect();
    assert_eq!(ids, [alan.id, ada.id]);
}

#[test]
fn highlights_name_fields_as_the_contact_has_them() {
    let body = r#"{"first_name": "Ada", "last_name": "Lovelace", "company_name": "Analytical Engines",
        "emails": [{"address": "ada@engines.example", "type": "work"}],
        "phones": [{"number": "+1 (415) 555-0132", "type": "mobile"}], "tags": ["engine"]}"#;
    let contact = contact_of(body, &tenant("tnt_a"), &testkit::FixedAmbient::seeded(1));
    let marked = |text: &str| {
        let query = Query::parse(text).unwrap();
        serde_json::to_value(highlights(&query, &contact)).unwrap()
    };
    assert_eq!(marked("lovlace"), serde_json::json!([{"field": "last_name", "ranges": [[0, 8]]}]));
    assert_eq!(
        marked("engine"),
        serde_json::json!([
            {"field": "company_name", "ranges": [[11, 17]]},
            {"field": "emails[0].address", "ranges": [[4, 10]]},
            {"field": "tags[0]", "ranges": [[0, 6]]}
        ])
    );
    assert_eq!(
        marked("555-0132"),
        serde_json::json!([
            {"field": "phones[0].raw", "ranges": [[9, 17]]},
            {"field": "phones[0].e164", "ranges": [[5, 12]]}
        ])
    );
}

use kernel::{Ambient, Caller, ContactId, Limit, Role, TeamIds, UserId, access::Visibility};
use lambda::Query;
use search::{Delta, Filter, Index};
use testkit::TestInstallation;

use super::*;
use crate::{
    contact::Contact,
    listing::{Listing, PARAMETERS},
    search::document::document_of,
};

/// A tenant with two reps.
struct Scene {
    installation: TestInstallation,
    scope: TenantScope,
    caller: Caller,
    colleague: Caller,
}

impl Scene {
    async fn open() -> Self {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let rep = || Caller {
            tenant: scope.table.tenant().clone(),
            user: UserId::generate(&*installation.ambient),
            role: Role::Rep,
            teams: TeamIds::default(),
        };
        let (caller, colleague) = (rep(), rep());
        Self { installation, scope, caller, colleague }
    }

    /// A new contact, a second after whatever was before.
    async fn add(&self, owner: &Caller, visibility: Visibility) -> Contact {
        let ambient = &*self.installation.ambient;
        ambient.advance_seconds(1);
        let now = ambient.now();
        let blank = Contact::blank(ContactId::generate(ambient), owner, visibility, now);
        let contact = blank.next_version(now);
        let store = ContactStore::open(&self.scope).await.unwrap();
        store.insert(&contact, &owner.user).await.unwrap();
        contact
    }

    fn asked<'a>(&'a self, listing: &'a Listing, after: Option<String>) -> Asked<'a> {
        Asked { caller: &self.caller, listing, after, limit: Limit::parse("2").unwrap() }
    }
}

fn ids(found: &Found) -> Vec<ContactId> {
    found.contacts.iter().map(|(contact, _)| contact.id.clone()).collect()
}

#[tokio::test]
async fn what_others_keep_to_themselves_leaves_a_page_thin_and_not_at_its_end() {
    let scene = Scene::open().await;
    let own = scene.add(&scene.caller, Visibility::Owner).await;
    for _ in 0..9 {
        scene.add(&scene.colleague, Visibility::Owner).await;
    }
    let listing = listing("");
    let first = in_order(&scene.scope, scene.asked(&listing, None)).await.unwrap();
    assert!(first.contacts.is_empty());
    let second = in_order(&scene.scope, scene.asked(&listing, first.next)).await.unwrap();
    assert_eq!((ids(&second), second.next), (vec![own.id], None));
}

/// Ten contacts, every other one the caller's, all touched but one, in another order than they were made in; and one of a colleague's
/// own.
struct Touched {
    scene: Scene,
    contacts: Vec<Contact>,
    /// The caller's, in the order of touching.
    own: Vec<ContactId>,
}

impl Touched {
    async fn open() -> Self {
        let scene = Scene::open().await;
        let (mut contacts, mut own) = (Vec::new(), Vec::new());
        for number in 0..10 {
            let owner = if number % 2 == 0 { &scene.caller } else { &scene.colleague };
            contacts.push(scene.add(owner, Visibility::Tenant).await);
        }
        contacts.push(scene.add(&scene.colleague, Visibility::Owner).await);
        for position in [4, 7, 0, 10, 3, 8, 1, 2, 9, 5] {
            let contact = &contacts[position];
            scene.installation.ambient.advance_seconds(1);
            scene.scope.table.touch(&contact.id, scene.installation.ambient.now()).await.unwrap();
            if contact.access.owner == scene.caller.user {
                own.push(contact.id.clone());
            }
        }
        Self { scene, contacts, own }
    }

    /// Those of the caller, as the memory of the search knows them.
    fn selection(&self) -> Selection {
        let mut index = Index::new(Vec::new()).unwrap();
        let written = |contact| Delta::Written(Box::new(document_of(contact).unwrap()));
        index.apply(self.contacts.iter().map(written));
        let filter = Filter { owner: Some(self.scene.caller.user.clone()), ..Filter::default() };
        index.select(&filter, |_| true)
    }

    /// All pages, one behind the other.
    async fn pages(&self, listing: &Listing, selection: &Selection, reach: &Reach) -> Vec<Vec<ContactId>> {
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let asked = self.scene.asked(listing, after);
            let page = selected(&self.scene.scope, asked, selection, reach).await.unwrap();
            assert!(page.contacts.iter().all(|(_, touched)| touched.is_some()));
            pages.push(ids(&page));
            after = page.next;
            if after.is_none() {
                return pages;
            }
        }
    }
}

fn listing(query: &str) -> Listing {
    Listing::parse(&Query::parse(query, &PARAMETERS).unwrap()).unwrap()
}

/// Each looked up; met on one long stretch; met on many short ones, of which a page reads four.
const REACHES: [Reach; 3] =
    [Reach { few: 400, stretch: 200 }, Reach { few: 0, stretch: 200 }, Reach { few: 0, stretch: 1 }];

#[tokio::test]
async fn a_selection_is_paged_in_the_order_of_touching() {
    let touched = Touched::open().await;
    let mut expected = touched.own.clone();
    for direction in ["last_touched", "-last_touched"] {
        let listing = listing(&format!("sort={direction}&owner_id={}", touched.scene.caller.user));
        for reach in &REACHES {
            let pages = touched.pages(&listing, &touched.selection(), reach).await;
            assert!(pages.iter().all(|page| page.len() <= 2));
            assert_eq!(pages.concat(), expected);
        }
        expected.reverse();
    }
}

#[tokio::test]
async fn only_the_few_looked_up_have_no_thin_pages() {
    let touched = Touched::open().await;
    let last: Selection = touched.own.last().into_iter().collect();
    let listing = listing("sort=last_touched&tag=any");
    let [few, long, short] = &REACHES;
    let last_page = || vec![touched.own.last().unwrap().clone()];
    assert_eq!(touched.pages(&listing, &last, few).await, [last_page()]);
    assert_eq!(touched.pages(&listing, &last, long).await, [last_page()]);
    assert_eq!(touched.pages(&listing, &last, short).await, [vec![], last_page(), vec![]]);
}

/// Whoever pages on while a selection grows, or shrinks, is read in the other way from there on.
#[tokio::test]
async fn one_way_of_reading_goes_on_behind_the_other() {
    let touched = Touched::open().await;
    let listing = listing(&format!("sort=-last_touched&owner_id={}", touched.scene.caller.user));
    let selection = touched.selection();
    let (mut listed, mut after) = (Vec::new(), None);
    for reach in REACHES.iter().cycle() {
        let asked = touched.scene.asked(&listing, after);
        let page = selected(&touched.scene.scope, asked, &selection, reach).await.unwrap();
        listed.extend(ids(&page));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(listed, touched.own.iter().rev().cloned().collect::<Vec<_>>());
}

/// What selects may be a moment behind; the contacts are not.
#[tokio::test]
async fn a_contact_has_the_last_word_on_whose_it_is_and_who_sees_it() {
    let touched = Touched::open().await;
    let all: Selection = touched.contacts.iter().map(|contact| &contact.id).collect();
    let hidden = &touched.contacts[10].id;
    let (any, own) =
        ("sort=last_touched&tag=any", format!("sort=last_touched&owner_id={}", touched.scene.caller.user));
    for reach in &REACHES {
        let listed = touched.pages(&listing(any), &all, reach).await.concat();
        assert!(listed.len() == 9 && !listed.contains(hidden));
        assert_eq!(touched.pages(&listing(&own), &all, reach).await.concat(), touched.own);
    }
}

#[tokio::test]
async fn the_few_of_a_span_are_known_and_the_many_are_not() {
    let touched = Touched::open().await;
    let scope = &touched.scene.scope;
    let now = touched.scene.installation.ambient.now();
    let within = async |query: String| few_touched(scope, &listing(&query)).await.unwrap();
    assert!(within("sort=created".to_owned()).await.is_none());
    let lately = within(format!("sort=created&touched_after={}", now.plus_seconds(-2))).await.unwrap();
    assert_eq!(lately.len(), 3);
    let before = within(format!("sort=created&touched_before={}", now.plus_seconds(-2))).await.unwrap();
    assert_eq!(before.len(), 7);
    assert!(
        within(format!("sort=created&touched_after={now}&touched_before={now}")).await.unwrap().is_empty()
    );
    for _ in 0..400 {
        let ambient = &*touched.scene.installation.ambient;
        ambient.advance_seconds(1);
        let contact = touched.scene.add(&touched.scene.caller, Visibility::Tenant).await;
        scope.table.touch(&contact.id, ambient.now()).await.unwrap();
    }
    assert!(within(format!("sort=created&touched_after={now}")).await.is_none());
}

#[tokio::test]
async fn a_contact_that_is_met_twice_is_read_once() {
    let touched = Touched::open().await;
    let store = ContactStore::open(&touched.scene.scope).await.unwrap();
    let rows = store.touch_rows([&touched.own[0]]).await.unwrap();
    let twice = store.touched(&[rows[0].clone(), rows[0].clone()]).await.unwrap();
    assert_eq!(twice.len(), 1);
}

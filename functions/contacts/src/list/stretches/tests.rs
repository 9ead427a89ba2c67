use kernel::{Ambient, Caller, ContactId, Limit, Role, TeamIds, UserId, access::Visibility};
use search::{Delta, Filter, Index};
use table::Direction;
use testkit::TestInstallation;

use super::*;
use crate::{contact::Contact, listing::Listing, search::document::document_of};

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
    let listing = Listing::parse(&lambda::Query::default()).unwrap();
    let first = in_order(&scene.scope, scene.asked(&listing, None)).await.unwrap();
    assert!(first.contacts.is_empty());
    let second = in_order(&scene.scope, scene.asked(&listing, first.next)).await.unwrap();
    assert_eq!((ids(&second), second.next), (vec![own.id], None));
}

#[tokio::test]
async fn a_selection_is_paged_in_the_order_of_touching() {
    let scene = Scene::open().await;
    let (mut contacts, mut expected) = (Vec::new(), Vec::new());
    for number in 0..10 {
        let owner = if number % 2 == 0 { &scene.caller } else { &scene.colleague };
        contacts.push(scene.add(owner, Visibility::Tenant).await);
    }
    // Not in the order in which they were made, and one never.
    for position in [4, 7, 0, 3, 8, 1, 2, 9, 5] {
        let contact = &contacts[position];
        scene.installation.ambient.advance_seconds(1);
        scene.scope.table.touch(&contact.id, scene.installation.ambient.now()).await.unwrap();
        if contact.access.owner == scene.caller.user {
            expected.push(contact.id.clone());
        }
    }
    let mut index = Index::new(Vec::new()).unwrap();
    index.apply(contacts.iter().map(|contact| Delta::Written(Box::new(document_of(contact).unwrap()))));
    let filter = Filter { owner: Some(scene.caller.user.clone()), ..Filter::default() };
    let selection = index.select(&filter, |_| true);
    for direction in [Direction::Ascending, Direction::Descending] {
        let listing = Listing::by_touch(direction);
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = touched(&scene.scope, scene.asked(&listing, after), &selection).await.unwrap();
            assert!(page.contacts.len() <= 2 && page.contacts.iter().all(|(_, touched)| touched.is_some()));
            listed.extend(ids(&page));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(listed, expected);
        expected.reverse();
    }
}

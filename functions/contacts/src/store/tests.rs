mod capacity;

use std::slice;

use kernel::{Ambient, Caller, EmailAddress, Limit, Role, TeamIds};
use table::{Direction, ItemBuilder};
use tenancy::{TenantScope, contacts_with_email, contacts_with_phone, email_index, phone_index};
use testkit::{Answer, TestInstallation, bytes_of};

use super::*;
use crate::{
    contact::{ContactChange, CustomFields, history::By},
    view::ContactView,
};

const FULL: &str = r#"{
    "first_name": "Firstly", "last_name": "Lastly", "title": "Buyer", "company_name": "Gamma Works",
    "emails": [{"address": "Buyer.One@gamma.example", "type": "work"}],
    "phones": [{"number": "+1 415 555 0132", "type": "mobile", "extension": "77"}],
    "tags": ["warm"]
}"#;

fn contact(installation: &TestInstallation, scope: &TenantScope, body: &str) -> Contact {
    let ambient = &*installation.ambient;
    ambient.advance_seconds(1);
    let tenant = scope.table.tenant().clone();
    let creator =
        Caller { tenant, user: UserId::generate(ambient), role: Role::Rep, teams: TeamIds::default() };
    let now = ambient.now();
    let blank = Contact::blank(ContactId::generate(ambient), &creator, Visibility::Tenant, now);
    changed(&blank, body, now)
}

/// The next version of a contact.
fn changed(contact: &Contact, body: &str, now: UtcTime) -> Contact {
    let change: ContactChange = serde_json::from_str(body).unwrap();
    let surroundings = Surroundings {
        defaults: ContactDefaults { country: "US".to_owned(), visibility: Visibility::Tenant },
        custom_fields: CustomFields::default(),
    };
    change.apply(contact, &surroundings, now).unwrap().next_version(now)
}

impl ContactStore<'_> {
    /// The list as it is where nothing else is asked for.
    async fn newest(&self, limit: Limit, after: Option<Position>) -> ContactPage {
        let stretch = Stretch {
            order: Order::Table,
            partition: self.scope.table.keys().contacts(),
            between: (None, None),
            direction: Direction::Descending,
            limit: limit.get(),
            after,
        };
        self.page(&stretch, Rows::Contacts).await.unwrap()
    }

    /// As a creator who keeps it.
    async fn add(&self, contact: &Contact) -> Result<(), Failure> {
        self.insert(contact, &contact.access.owner).await
    }
}

fn numbered(installation: &TestInstallation, scope: &TenantScope, number: usize) -> Contact {
    let body = format!(
        r#"{{"first_name": "Firstly {number}", "last_name": "Lastly", "company_name": "Gamma Works",
            "emails": [{{"address": "buyer{number}@gamma.example", "type": "work"}}],
            "phones": [{{"number": "+1415555{:04}", "type": "mobile"}}]}}"#,
        100 + number
    );
    contact(installation, scope, &body)
}

fn shown(contact: Contact) -> serde_json::Value {
    serde_json::to_value(ContactView::of(contact, None)).unwrap()
}

#[tokio::test]
async fn what_is_inserted_is_found_as_it_was() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let bare = contact(&installation, &scope, r#"{"last_name": "Lastly"}"#);
    for contact in [contact(&installation, &scope, FULL), bare] {
        assert!(store.find(&contact.id).await.unwrap().is_none());
        store.add(&contact).await.unwrap();
        assert_eq!(shown(store.find(&contact.id).await.unwrap().unwrap()), shown(contact));
    }
}

#[tokio::test]
async fn an_index_row_stands_for_every_address_and_number() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let body = r#"{
        "emails": [{"address": "One@gamma.example", "type": "work"}, {"address": "two@gamma.example", "type": "other"}],
        "phones": [
            {"number": "+14155550132", "type": "work", "extension": "1"},
            {"number": "+14155550132", "type": "work", "extension": "2"},
            {"number": "+14155550133", "type": "mobile"}
        ]
    }"#;
    let contact = contact(&installation, &scope, body);
    store.add(&contact).await.unwrap();
    let vault = scope.vault().await.unwrap();
    let keys = scope.table.keys();
    for address in ["one@gamma.example", "two@gamma.example"] {
        let index = email_index(&vault, &EmailAddress::parse(address).unwrap()).unwrap();
        assert!(
            scope.table.get(&keys.email_index(&index, &contact.id)).await.unwrap().is_some(),
            "{address}"
        );
    }
    for number in ["+14155550132", "+14155550133"] {
        let index = phone_index(&vault, number).unwrap();
        assert!(scope.table.get(&keys.phone_index(&index, &contact.id)).await.unwrap().is_some(), "{number}");
    }
    assert_eq!(installation.table.items_under("T#tnt_a#EMAIL#").await.len(), 2);
    assert_eq!(installation.table.items_under("T#tnt_a#PHONE#").await.len(), 2);
}

#[tokio::test]
async fn a_contact_that_cannot_be_written_whole_is_not_written() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let contact = contact(&installation, &scope, FULL);
    let address = EmailAddress::parse("buyer.one@gamma.example").unwrap();
    let index = email_index(&store.vault, &address).unwrap();
    let taken = scope.table.keys().email_index(&index, &contact.id);
    scope.table.put_new(ItemBuilder::new(&taken).build()).await.unwrap();
    assert!(store.add(&contact).await.is_err());
    assert!(store.find(&contact.id).await.unwrap().is_none());
    assert!(installation.table.items_under("T#tnt_a#PHONE#").await.is_empty());
}

#[tokio::test]
async fn nothing_personal_is_stored_in_the_clear() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let contact = contact(&installation, &scope, FULL);
    ContactStore::open(&scope).await.unwrap().add(&contact).await.unwrap();
    let secrets =
        ["firstly", "lastly", "buyer", "gamma", "4155550132", "415 555 0132", "warm", "extension", "mobile"];
    let items = installation.table.all_items().await;
    let holds = |item: &Item, text: &str| {
        let stored = bytes_of(item).to_ascii_lowercase();
        stored.windows(text.len()).any(|window| window == text.as_bytes())
    };
    for text in secrets {
        assert!(!items.iter().any(|item| holds(item, text)), "{text} is readable");
    }
    // The search does find what is there in the clear.
    assert!(items.iter().any(|item| holds(item, contact.id.as_str())));
    assert!(items.iter().any(|item| holds(item, contact.access.owner.as_str())));
}

#[tokio::test]
async fn the_same_contact_is_another_blob_and_another_index_for_another_tenant() {
    let installation = TestInstallation::start().await;
    let (own, other) = (installation.provisioned("tnt_a").await, installation.provisioned("tnt_a-b").await);
    let contact = contact(&installation, &own, FULL);
    for scope in [&own, &other] {
        ContactStore::open(scope).await.unwrap().add(&contact).await.unwrap();
    }
    let hidden = |prefix: &str, items: &[Item]| -> Vec<String> {
        let keys = items.iter().map(|item| item["pk"].as_s().unwrap().clone());
        keys.map(|key| key.trim_start_matches(prefix).to_owned()).collect()
    };
    let first = installation.table.items_under("T#tnt_a#EMAIL#").await;
    let second = installation.table.items_under("T#tnt_a-b#EMAIL#").await;
    assert_ne!(hidden("T#tnt_a#EMAIL#", &first), hidden("T#tnt_a-b#EMAIL#", &second));

    // A blob moved into the other tenant's row does not open there.
    let mut moved = own.table.get(&own.table.keys().contact(&contact.id)).await.unwrap().unwrap();
    let target = ItemBuilder::new(&other.table.keys().contact(&contact.id)).build();
    moved.extend(target);
    installation.table.plant(moved).await;
    assert!(ContactStore::open(&other).await.unwrap().find(&contact.id).await.is_err());
}

#[tokio::test]
async fn pages_run_from_the_newest_and_each_goes_on_behind_the_last() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let mut expected = Vec::new();
    for number in 0..5 {
        let contact = numbered(&installation, &scope, number);
        store.add(&contact).await.unwrap();
        expected.insert(0, contact.id);
    }
    let limit = Limit::parse("2").unwrap();
    let ids = |page: &ContactPage| -> Vec<_> {
        page.contacts.iter().map(|(contact, _)| contact.id.clone()).collect()
    };
    let first = store.newest(limit, None).await;
    assert_eq!(ids(&first), expected[..2]);
    assert_eq!(first.last.as_ref().map(|position| position.0[1].as_str()), Some(expected[1].as_str()));
    // Newer ones do not move the pages that follow.
    store.add(&numbered(&installation, &scope, 5)).await.unwrap();
    let second = store.newest(limit, first.last).await;
    assert_eq!(ids(&second), expected[2..4]);
    let third = store.newest(limit, second.last).await;
    assert_eq!(ids(&third), expected[4..]);
    assert_eq!(third.last, None);
}

#[tokio::test]
async fn a_page_knows_when_each_contact_was_last_touched() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let (touched, untouched) = (numbered(&installation, &scope, 1), numbered(&installation, &scope, 2));
    for contact in [&touched, &untouched] {
        store.add(contact).await.unwrap();
    }
    assert_eq!(store.last_touched_at(&touched.id).await.unwrap(), None);
    let time = installation.ambient.now().plus_seconds(60);
    let key = scope.table.keys().touch(&touched.id);
    scope.table.raise_text(&key, "last_touched_at", &time.to_string()).await.unwrap();
    assert_eq!(store.last_touched_at(&touched.id).await.unwrap(), Some(time));
    let page = store.newest(Limit::default(), None).await;
    let times: Vec<_> = page.contacts.iter().map(|(contact, time)| (contact.id.clone(), *time)).collect();
    assert_eq!(times, [(untouched.id, None), (touched.id.clone(), Some(time))]);
    assert_eq!(store.find(&touched.id).await.unwrap().unwrap().version, 1);
}

#[tokio::test]
async fn touches_of_other_pages_and_tenants_stay_out() {
    let installation = TestInstallation::start().await;
    let (scope, other) = (installation.provisioned("tnt_a").await, installation.provisioned("tnt_a-b").await);
    let store = ContactStore::open(&scope).await.unwrap();
    let mut expected = Vec::new();
    for number in 0..4 {
        let contact = numbered(&installation, &scope, number);
        store.add(&contact).await.unwrap();
        let time = installation.ambient.now().plus_seconds(600);
        for (table, time) in [(&scope.table, time), (&other.table, time.plus_seconds(1))] {
            let key = table.keys().touch(&contact.id);
            table.raise_text(&key, "last_touched_at", &time.to_string()).await.unwrap();
        }
        expected.insert(0, (contact.id, Some(time)));
    }
    let mut after = None;
    for pair in expected.chunks(2) {
        let page = store.newest(Limit::parse("2").unwrap(), after).await;
        let times: Vec<_> = page.contacts.iter().map(|(contact, time)| (contact.id.clone(), *time)).collect();
        assert_eq!(times, pair);
        after = page.last;
    }
    assert!(store.newest(Limit::default(), after).await.contacts.is_empty());
}

async fn holders(scope: &TenantScope, number: &str) -> Vec<ContactId> {
    contacts_with_phone(scope, number).await.unwrap()
}

#[tokio::test]
async fn a_number_finds_its_contacts_in_whichever_form_it_comes() {
    let installation = TestInstallation::start().await;
    let (scope, other) = (installation.provisioned("tnt_a").await, installation.provisioned("tnt_a-b").await);
    let body = r#"{"last_name": "L", "phones": [{"number": "(415) 555-0132", "type": "work"}]}"#;
    let [first, second] = [0; 2].map(|_| contact(&installation, &scope, body));
    let body = r#"{"country": "BR", "phones": [{"number": "(11) 8765-4321", "type": "mobile"}]}"#;
    let brazilian = contact(&installation, &scope, body);
    let store = ContactStore::open(&scope).await.unwrap();
    for contact in [&first, &second, &brazilian] {
        store.add(contact).await.unwrap();
    }
    for form in ["+14155550132", "+1 (415) 555-0132", "+1 415 555 0132 ext. 9"] {
        assert_eq!(holders(&scope, form).await, [first.id.clone(), second.id.clone()], "{form}");
    }
    for form in ["+5511987654321", "+551187654321"] {
        assert_eq!(holders(&scope, form).await, slice::from_ref(&brazilian.id), "{form}");
    }
    for form in ["+14155550133", "4155550132", "nonsense", ""] {
        assert_eq!(holders(&scope, form).await, [], "{form}");
    }
    assert_eq!(holders(&other, "+14155550132").await, []);
}

#[tokio::test]
async fn index_rows_follow_every_change() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let before = contact(&installation, &scope, FULL);
    store.add(&before).await.unwrap();
    let address = EmailAddress::parse("buyer.one@gamma.example").unwrap();
    let other = EmailAddress::parse("two@gamma.example").unwrap();
    assert_eq!(contacts_with_email(&scope, &address).await.unwrap(), slice::from_ref(&before.id));

    let body = r#"{"phones": [{"number": "+14155550133", "type": "work"}],
        "emails": [{"address": "two@gamma.example", "type": "work"}]}"#;
    let next = changed(&before, body, installation.ambient.now());
    store
        .replace(&before, &next, Some(By::user(&before.access.owner, &*installation.ambient)))
        .await
        .unwrap();
    assert_eq!(contacts_with_email(&scope, &address).await.unwrap(), []);
    assert_eq!(contacts_with_email(&scope, &other).await.unwrap(), slice::from_ref(&before.id));
    assert_eq!(holders(&scope, "+14155550132").await, []);
    assert_eq!(holders(&scope, "+14155550133").await, slice::from_ref(&before.id));
    assert!(matches!(
        store.replace(&before, &next, Some(By::user(&before.access.owner, &*installation.ambient))).await,
        Err(Failure::Stale)
    ));
    assert!(store.find(&before.id).await.unwrap().unwrap() == next);
}

#[tokio::test]
async fn a_deleted_contact_is_nowhere_until_it_is_restored() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let contact = contact(&installation, &scope, FULL);
    store.add(&contact).await.unwrap();
    let deleted = contact.clone().next_version(installation.ambient.now());
    assert!(matches!(store.remove(&deleted, 7).await, Err(Failure::Stale)));
    store.remove(&deleted, 1).await.unwrap();
    assert!(matches!(store.remove(&deleted, 1).await, Err(Failure::Stale)));
    assert!(store.find(&contact.id).await.unwrap().is_none());
    assert!(store.newest(Limit::default(), None).await.contacts.is_empty());
    assert_eq!(holders(&scope, "+14155550132").await, []);
    assert!(installation.table.items_under("T#tnt_a#EMAIL#").await.is_empty());
    let rows = installation.table.items_under("T#tnt_a#DELETED").await;
    assert!(rows.len() == 1 && !rows[0].contains_key("gsi1pk") && !rows[0].contains_key("gsi2pk"));
    assert!(store.find_deleted(&contact.id).await.unwrap().unwrap() == deleted);

    // Its owner is no user, so it cannot come back as theirs.
    let restored = deleted.clone().next_version(installation.ambient.now());
    let Err(Failure::Invalid(errors)) =
        store.restore(&restored, 2, By::user(&restored.access.owner, &*installation.ambient)).await
    else {
        panic!("it came back")
    };
    assert_eq!(errors[0].field, "owner_id");
    put_user(&scope, &restored.access.owner, "active").await;
    store.restore(&restored, 2, By::user(&restored.access.owner, &*installation.ambient)).await.unwrap();
    assert!(matches!(
        store.restore(&restored, 2, By::user(&restored.access.owner, &*installation.ambient)).await,
        Err(Failure::Stale)
    ));
    assert!(store.find(&contact.id).await.unwrap().unwrap() == restored);
    assert_eq!((restored.version, holders(&scope, "+14155550132").await.len()), (3, 1));
    assert!(store.find_deleted(&contact.id).await.unwrap().is_none());
}

async fn put_user(scope: &TenantScope, user: &UserId, status: &str) {
    let row = ItemBuilder::new(&scope.table.keys().user(user)).text("status", status).build();
    scope.table.put_any(row).await.unwrap();
}

#[tokio::test]
async fn whom_and_what_a_contact_names_has_to_be_there() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let mut contact = contact(&installation, &scope, FULL);
    let creator = contact.access.owner.clone();
    let heir = UserId::generate(&*installation.ambient);
    contact.access.owner = heir.clone();
    let refused = |outcome: Result<(), Failure>| match outcome {
        Err(Failure::Invalid(errors)) => errors[0].field.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(store.insert(&contact, &creator).await), "owner_id");
    put_user(&scope, &heir, "disabled").await;
    assert_eq!(refused(store.insert(&contact, &creator).await), "owner_id");
    put_user(&scope, &heir, "active").await;
    contact.details.company_id = Some(CompanyId::generate(&*installation.ambient));
    assert_eq!(refused(store.insert(&contact, &creator).await), "company_id");
    contact.details.company_id = None;
    store.insert(&contact, &creator).await.unwrap();
}

#[tokio::test]
async fn another_transaction_in_the_way_is_waited_for() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let contact = contact(&installation, &scope, FULL);
    let traffic = installation.table.traffic();
    for _ in 0..2 {
        traffic.answer_next(Answer::canceled_transaction(&["None", "TransactionConflict", "None"]));
    }
    store.add(&contact).await.unwrap();
    let attempts = traffic.take().iter().filter(|call| call.operation == "TransactWriteItems").count();
    assert_eq!(attempts, 3);
    assert!(store.find(&contact.id).await.unwrap().is_some());
}

#[tokio::test]
async fn every_order_follows_every_change() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let mut contacts = Vec::new();
    for number in 0..3 {
        let contact = numbered(&installation, &scope, number);
        store.add(&contact).await.unwrap();
        contacts.push(contact);
    }
    let keys = scope.table.keys();
    let owners = |contact: &Contact| (Order::FirstIndex, keys.contacts_of_owner(&contact.access.owner));
    let updated = || (Order::SecondIndex, keys.contacts_by_update());
    let touched = || (Order::SecondIndex, keys.touches_by_time());
    let store = &store;
    let ids = async |(order, partition): (Order, String), rows: Rows| {
        let between = (None, None);
        let direction = Direction::Descending;
        let mut stretch = Stretch { order, partition, between, direction, limit: 2, after: None };
        let mut ids = Vec::new();
        loop {
            let page = store.page(&stretch, rows).await.unwrap();
            ids.extend(page.contacts.into_iter().map(|(contact, _)| contact.id));
            stretch.after = page.last;
            if stretch.after.is_none() {
                return ids;
            }
        }
    };
    let [first, second, third] = [0, 1, 2].map(|place| contacts[place].id.clone());
    let newest = [third.clone(), second.clone(), first.clone()];
    assert_eq!(ids(updated(), Rows::Contacts).await, newest);
    assert_eq!(ids(owners(&contacts[0]), Rows::Contacts).await, slice::from_ref(&first));

    installation.ambient.advance_seconds(60);
    let now = installation.ambient.now();
    let mut given = changed(&contacts[0], r#"{"title": "T"}"#, now);
    given.access.owner = contacts[1].access.owner.clone();
    put_user(&scope, &given.access.owner, "active").await;
    store
        .replace(&contacts[0], &given, Some(By::user(&contacts[0].access.owner, &*installation.ambient)))
        .await
        .unwrap();
    assert_eq!(ids(updated(), Rows::Contacts).await, [first.clone(), third.clone(), second.clone()]);
    assert_eq!(ids(owners(&contacts[0]), Rows::Contacts).await, []);
    assert_eq!(ids(owners(&given), Rows::Contacts).await, [second.clone(), first.clone()]);

    for (contact, seconds) in [(&second, 10), (&first, 20), (&second, 5)] {
        scope.table.touch(contact, now.plus_seconds(seconds)).await.unwrap();
    }
    assert_eq!(ids(touched(), Rows::Touches).await, [first.clone(), second.clone()]);
    store.remove(&given.clone().next_version(now), given.version).await.unwrap();
    assert_eq!(ids(touched(), Rows::Touches).await, slice::from_ref(&second));
    assert_eq!(ids(updated(), Rows::Contacts).await, [third, second.clone()]);
    assert_eq!(ids(owners(&given), Rows::Contacts).await, [second]);
}

#[tokio::test]
async fn a_contact_that_does_not_open_takes_no_page_with_it() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let contacts = [1, 2, 3].map(|number| numbered(&installation, &scope, number));
    for contact in &contacts {
        store.add(contact).await.unwrap();
    }
    let key = scope.table.keys().contact(&contacts[1].id);
    let mut broken = scope.table.get(&key).await.unwrap().unwrap();
    let other = scope.table.get(&scope.table.keys().contact(&contacts[0].id)).await.unwrap().unwrap();
    let purpose = Purpose::ContactProfile.as_str();
    broken.insert(purpose.to_owned(), other[purpose].clone());
    installation.table.plant(broken).await;
    let page = store.newest(Limit::default(), None).await;
    let listed: Vec<_> = page.contacts.iter().map(|(contact, _)| &contact.id).collect();
    assert_eq!(listed, [&contacts[2].id, &contacts[0].id]);
    let ids = contacts.each_ref().map(|contact| contact.id.clone());
    let found = crate::search::find_all(&store, &ids).await.unwrap();
    let found: Vec<_> = found.iter().map(|(contact, _)| &contact.id).collect();
    assert_eq!(found, [&contacts[0].id, &contacts[2].id], "nor a search");
    assert!(
        matches!(store.find(&contacts[1].id).await, Err(Failure::Internal(_))),
        "by itself it is a fault"
    );
}

#[tokio::test]
async fn only_a_contact_that_is_there_is_touched() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let contact = numbered(&installation, &scope, 1);
    let at = |seconds| contact.created_at.plus_seconds(seconds);
    scope.table.touch(&contact.id, at(1)).await.unwrap();
    assert!(installation.table.items_under("T#tnt_a#TOUCH").await.is_empty());
    store.add(&contact).await.unwrap();
    for (seconds, last) in [(3, 3), (2, 3), (3, 3), (4, 4)] {
        scope.table.touch(&contact.id, at(seconds)).await.unwrap();
        assert_eq!(store.last_touched_at(&contact.id).await.unwrap(), Some(at(last)));
    }
    store.remove(&contact.clone().next_version(at(5)), contact.version).await.unwrap();
    scope.table.touch(&contact.id, at(6)).await.unwrap();
    assert_eq!(store.last_touched_at(&contact.id).await.unwrap(), Some(at(4)));
}

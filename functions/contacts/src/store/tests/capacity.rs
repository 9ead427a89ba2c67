//! What contacts cost in capacity units, on an API that counts as DynamoDB does.

use kernel::{Ambient, Limit, ReservedSuffix};
use table::OnceKey;
use testkit::TestInstallation;

use super::{changed, contact, numbered, shown};
use crate::{contact::history::By, store::ContactStore};

/// Units by reckoning: a transactional write costs 2 per begun KB, a consistent read 1 per begun 4 KB, and a query adds up
/// what it read before it rounds.
#[tokio::test]
#[expect(clippy::print_stderr, reason = "the figures are for people too")]
async fn the_capacity_of_each_use_is_what_it_should_be() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let traffic = installation.table.traffic();

    let first = numbered(&installation, &scope, 0);
    store.add(&first).await.unwrap();
    let create = traffic.take_units();
    assert!(
        (4.0..=10.0).contains(&create),
        "four rows below 1 KB, in a transaction, one of them in two indexes: {create}"
    );

    tokio::try_join!(store.find(&first.id), store.last_touched_at(&first.id)).unwrap();
    let get = traffic.take_units();
    assert!((1.0..=2.0).contains(&get), "two reads below 4 KB: {get}");

    let mut ids = vec![first.id];
    for number in 1..50 {
        let contact = numbered(&installation, &scope, number);
        store.add(&contact).await.unwrap();
        ids.push(contact.id);
    }
    for id in &ids {
        let time = installation.ambient.now().to_string();
        let key = scope.table.keys().touch(id);
        scope.table.raise_text(&key, "last_touched_at", &time).await.unwrap();
    }
    let _ = traffic.take();
    let page = store.newest(Limit::default(), None).await;
    assert!(page.contacts.len() == 50 && page.contacts.iter().all(|(_, time)| time.is_some()));
    let calls = traffic.take();
    let [contacts, touches] = &calls[..] else { panic!("{calls:?}") };
    assert!(contacts.consistent && touches.consistent, "one's own contacts may be missing: {calls:?}");
    assert!((8.0..=12.0).contains(&contacts.units), "fifty rows of 960 bytes at most: {}", contacts.units);
    assert!((1.0..=2.0).contains(&touches.units), "fifty rows of 160 bytes at most: {}", touches.units);
    let page = contacts.units + touches.units;
    for number in 50..400 {
        store.add(&numbered(&installation, &scope, number)).await.unwrap();
    }
    let _ = traffic.take();
    assert_eq!(store.newest(Limit::default(), None).await.contacts.len(), 50);
    let among_more = traffic.take_units();
    assert!(among_more <= page + 0.5, "{page} RRU among fifty, {among_more} among eight times as many");
    eprintln!(
        "capacity: contacts-create {create} WRU, contacts-get {get} RRU, contacts-list of 50 {page} RRU"
    );
}

/// The budgets are 24 units for a creation and 16 for a change, all that belongs to them included; what is counted here leaves
/// 2 of each for the row by which the search learns of it.
#[tokio::test]
#[expect(clippy::print_stderr, reason = "the figures are for people too")]
async fn creating_and_changing_keep_their_budgets() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = ContactStore::open(&scope).await.unwrap();
    let traffic = installation.table.traffic();
    let body = r#"{
        "first_name": "Firstly", "last_name": "Lastly", "title": "Head of Purchasing", "company_name": "Gamma Works",
        "emails": [{"address": "buyer.one@gamma.example", "type": "work"}],
        "phones": [{"number": "+1 415 555 0132", "type": "mobile"}, {"number": "+1 415 555 0133", "type": "work"}],
        "tags": ["warm", "trade-fair"]
    }"#;
    let contact = contact(&installation, &scope, body);
    let now = installation.ambient.now();
    let once = OnceKey {
        key: scope.table.keys().replay(&contact.access.owner, "contacts-create", "index"),
        fingerprint: "fingerprint".to_owned(),
    };
    let suffix = ReservedSuffix::generate(&*installation.ambient);
    scope.table.begin_once(&once, suffix.clone(), now).await.unwrap();
    store.add(&contact).await.unwrap();
    let answer = serde_json::to_vec(&shown(contact.clone())).unwrap();
    scope.table.finish_once(&once, &suffix, answer, now).await.unwrap();
    let create = traffic.take_units();
    assert!((10.0..=22.0).contains(&create), "{create}");

    let body =
        r#"{"title": "Head of Sales", "emails": [{"address": "buyer.two@gamma.example", "type": "work"}]}"#;
    let next = changed(&contact, body, now.plus_seconds(1));
    store
        .replace(&contact, &next, Some(By::user(&contact.access.owner, &*installation.ambient)))
        .await
        .unwrap();
    let update = traffic.take_units();
    assert!((5.0..=14.0).contains(&update), "{update}");
    store.remove(&next.clone().next_version(now), next.version).await.unwrap();
    let delete = traffic.take_units();
    eprintln!(
        "capacity: creation {create} WRU, change with another address {update} WRU, deletion {delete} WRU"
    );
}

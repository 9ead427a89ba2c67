use kernel::{Caller, Role, TeamIds, UserId, access::Visibility};
use table::ContactDefaults;
use testkit::TestInstallation;

use super::*;
use crate::{
    contact::{Contact, ContactChange, CustomFields, Surroundings},
    store::ContactStore,
};

async fn insert(installation: &TestInstallation, scope: &TenantScope, owner: &UserId) -> ContactId {
    let ambient = &*installation.ambient;
    ambient.advance_seconds(1);
    let change: ContactChange = serde_json::from_str(r#"{"last_name": "Lastly"}"#).unwrap();
    let creator = Caller {
        tenant: scope.table.tenant().clone(),
        user: owner.clone(),
        role: Role::Rep,
        teams: TeamIds::default(),
    };
    let defaults = ContactDefaults { country: "US".to_owned(), visibility: Visibility::Tenant };
    let surroundings = Surroundings { defaults, custom_fields: CustomFields::default() };
    let now = ambient.now();
    let blank = Contact::blank(ContactId::generate(ambient), &creator, Visibility::Tenant, now);
    let contact = change.apply(&blank, &surroundings, now).unwrap().next_version(now);
    ContactStore::open(scope).await.unwrap().insert(&contact, owner).await.unwrap();
    contact.id
}

#[tokio::test]
async fn only_what_the_leaver_owned_changes_hands_and_only_once() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let ambient = &*installation.ambient;
    let [leaver, heir, other] = [0; 3].map(|_| UserId::generate(ambient));
    let mut owned = Vec::new();
    for owner in [&leaver, &other, &leaver] {
        owned.push(insert(&installation, &scope, owner).await);
    }
    let left = OwnerLeft::new(scope.table.tenant(), leaver, heir.clone());
    for _ in 0..2 {
        assert_eq!(hand_over(&scope, ambient, &left).await.unwrap(), None);
    }
    let store = ContactStore::open(&scope).await.unwrap();
    let mut found = Vec::new();
    for contact in &owned {
        let contact = store.find(contact).await.unwrap().unwrap();
        found.push((contact.access.owner, contact.version));
    }
    assert_eq!(found, [(heir.clone(), 2), (other, 1), (heir, 2)]);
}

#[tokio::test]
async fn what_is_too_much_for_one_message_goes_on_in_the_next() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let ambient = &*installation.ambient;
    let [leaver, heir] = [0; 2].map(|_| UserId::generate(ambient));
    let first = insert(&installation, &scope, &leaver).await;
    let second = insert(&installation, &scope, &leaver).await;
    let left = OwnerLeft::new(scope.table.tenant(), leaver.clone(), heir.clone());
    let rest = left.behind(first.as_str().to_owned());
    assert_eq!(serde_json::from_str::<OwnerLeft>(&serde_json::to_string(&rest).unwrap()).unwrap(), rest);
    assert_eq!(hand_over(&scope, ambient, &rest).await.unwrap(), None);
    let store = ContactStore::open(&scope).await.unwrap();
    assert_eq!(store.find(&first).await.unwrap().unwrap().access.owner, leaver);
    assert_eq!(store.find(&second).await.unwrap().unwrap().access.owner, heir);
}

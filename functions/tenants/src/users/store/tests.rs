use kernel::{Role, TeamId, TeamIds, UserRecord};
use table::ItemBuilder;
use testkit::{TestInstallation, bytes_of, claim};

use super::*;

fn invited(installation: &TestInstallation, name: &str, role: Role) -> User {
    let ambient = &*installation.ambient;
    ambient.advance_seconds(1);
    User {
        id: UserId::generate(ambient),
        role,
        status: UserStatus::Invited,
        team_ids: TeamIds::default(),
        sub: format!("sub-of-{name}"),
        record: UserRecord::new(name.to_owned(), format!("{name}@alpha.example"), None),
        version: 1,
        created_at: ambient.now(),
        updated_at: ambient.now(),
    }
}

async fn insert(installation: &TestInstallation, store: &UserStore<'_>, user: &User) {
    let members = store.membership().await.unwrap();
    let written = store.insert(user, &members.roster, &*installation.ambient).await;
    assert!(written.is_ok(), "the membership did not move in between");
}

#[tokio::test]
async fn who_accepts_is_active_though_the_row_is_as_it_was() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = UserStore::open(&scope).await.unwrap();
    let user = invited(&installation, "zoe", Role::Rep);
    insert(&installation, &store, &user).await;
    assert_eq!(store.find(&user.id).await.unwrap().unwrap().status, UserStatus::Invited);
    let identities = scope.table.identities();
    identities.accept(&claim("tnt_a"), &user.sub).await.unwrap();
    identities.accept(&claim("tnt_a"), &user.sub).await.unwrap();
    assert_eq!(store.find(&user.id).await.unwrap().unwrap().status, UserStatus::Active);
    let stored = installation.table.items_under("T#tnt_a#USER").await;
    assert!(stored.iter().all(|item| !String::from_utf8_lossy(&bytes_of(item)).contains("zoe@")));
}

#[tokio::test]
async fn of_two_changes_under_one_roster_the_second_is_overtaken() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = UserStore::open(&scope).await.unwrap();
    let ambient = &*installation.ambient;
    for name in ["ada", "eve"] {
        insert(&installation, &store, &invited(&installation, name, Role::Admin)).await;
    }
    let members = store.membership().await.unwrap();
    let [one, other] = members.users.as_slice() else { panic!("two users were written") };
    let demoted = |user: &User| User { role: Role::Rep, version: 2, ..user.clone() };
    assert!(store.replace_member(&demoted(one), 1, &members.roster, ambient).await.is_ok());
    let overtaken = store.replace_member(&demoted(other), 1, &members.roster, ambient).await;
    assert!(matches!(overtaken, Err(Refusal::Overtaken)));
    assert_eq!(store.find(&other.id).await.unwrap().unwrap().role, Role::Admin);
}

#[tokio::test]
async fn a_change_of_the_member_reaches_the_identity_and_ends_its_sessions() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = UserStore::open(&scope).await.unwrap();
    let ambient = &*installation.ambient;
    let user = invited(&installation, "ada", Role::Rep);
    insert(&installation, &store, &user).await;
    let identity = async || {
        let items = installation.table.items_under("IDENTITY#tnt_a").await;
        let text = |name: &str| items[0][name].as_s().cloned().unwrap();
        (text("role"), text("status"), items[0]["session_epoch"].as_n().cloned().unwrap())
    };
    assert_eq!(identity().await, ("rep".to_owned(), "invited".to_owned(), "1".to_owned()));
    let members = store.membership().await.unwrap();
    let next = User { role: Role::Manager, status: UserStatus::Disabled, version: 2, ..user.clone() };
    assert!(store.replace_member(&next, 1, &members.roster, ambient).await.is_ok());
    assert_eq!(identity().await, ("manager".to_owned(), "disabled".to_owned(), "2".to_owned()));
    let late = store.replace_member(&next, 1, &store.membership().await.unwrap().roster, ambient).await;
    assert!(matches!(late, Err(Refusal::Failed(Failure::Stale))));
}

#[tokio::test]
async fn a_team_that_is_not_there_and_an_identity_that_is_stop_a_new_user() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = UserStore::open(&scope).await.unwrap();
    let ambient = &*installation.ambient;
    let mut user = invited(&installation, "ada", Role::Rep);
    user.team_ids = TeamIds(vec![TeamId::generate(ambient)]);
    let members = store.membership().await.unwrap();
    let refused = store.insert(&user, &members.roster, ambient).await;
    let Err(Refusal::Failed(Failure::Invalid(errors))) = refused else { panic!("the team was taken") };
    assert_eq!((errors[0].field.as_str(), errors[0].code), ("team_ids[0]", "unknown_team"));
    user.team_ids = TeamIds::default();
    insert(&installation, &store, &user).await;
    let again = User { id: UserId::generate(ambient), ..user };
    let refused = store.insert(&again, &store.membership().await.unwrap().roster, ambient).await;
    assert!(matches!(refused, Err(Refusal::Failed(Failure::Conflict { code: "email_in_use", .. }))));
}

/// Authorizers read the identity alone.
#[tokio::test]
async fn who_is_invited_into_a_team_is_in_it_from_the_first_token_on() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let store = UserStore::open(&scope).await.unwrap();
    let mut user = invited(&installation, "ada", Role::Rep);
    user.team_ids = TeamIds(vec![TeamId::generate(&*installation.ambient)]);
    let team = ItemBuilder::new(&scope.table.keys().team(&user.team_ids.0[0])).build();
    scope.table.put_new(team).await.unwrap();
    let identities = scope.table.identities();
    let standing = TenantStanding::new("Alpha".to_owned(), installation.ambient.now());
    identities.put_new_tenant(scope.table.tenant(), &standing).await.unwrap();
    insert(&installation, &store, &user).await;
    let found = identities.find(&claim("tnt_a"), &user.sub).await.unwrap().unwrap();
    assert_eq!(found.identity.team_ids, user.team_ids);
    let next = User { team_ids: TeamIds::default(), version: 2, ..user.clone() };
    let members = store.membership().await.unwrap();
    assert!(store.replace_member(&next, 1, &members.roster, &*installation.ambient).await.is_ok());
    let found = identities.find(&claim("tnt_a"), &user.sub).await.unwrap().unwrap();
    assert_eq!((found.identity.team_ids, found.identity.session_epoch), (TeamIds::default(), 2));
}

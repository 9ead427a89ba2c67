use kernel::{Ambient, Role, TeamIds};
use table::{Identity, IdentityStatus, TenantStanding, TenantStatus};
use testkit::{TestInstallation, claim};
use tokio::task::JoinSet;

use super::*;

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn holder(ambient: &dyn Ambient) -> Holder {
    let session = Session { sub: "sub-1".to_owned(), id: "session-1".to_owned(), epoch: 3 };
    Holder { user: UserId::generate(ambient), session }
}

#[tokio::test]
async fn whoever_has_lost_access_since_the_ticket_is_not_welcome() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let ambient = &*installation.ambient;
    let identities = scope.table.identities();
    let holder = holder(ambient);
    assert!(!still_welcome(&scope, &holder).await.unwrap(), "nobody of that name");
    let mut identity = Identity {
        user: holder.user.clone(),
        role: Role::Rep,
        status: IdentityStatus::Active,
        session_epoch: 3,
        second_factor: false,
        team_ids: TeamIds::default(),
    };
    let mut standing = TenantStanding::new("Alpha".to_owned(), ambient.now());
    identities.put(scope.table.tenant(), "sub-1", &identity).await.unwrap();
    identities.put_new_tenant(scope.table.tenant(), &standing).await.unwrap();
    assert!(still_welcome(&scope, &holder).await.unwrap());
    let other = Holder { user: UserId::generate(ambient), ..holder.clone() };
    assert!(!still_welcome(&scope, &other).await.unwrap(), "another user's session");

    identities.raise_epoch(scope.table.tenant(), "sub-1").await.unwrap();
    assert!(!still_welcome(&scope, &holder).await.unwrap(), "another epoch");
    identity.status = IdentityStatus::Disabled;
    identities.put(scope.table.tenant(), "sub-1", &identity).await.unwrap();
    assert!(!still_welcome(&scope, &holder).await.unwrap(), "a disabled user");
    identity.status = IdentityStatus::Active;
    identities.put(scope.table.tenant(), "sub-1", &identity).await.unwrap();
    standing.status = TenantStatus::Suspended;
    standing.version = 2;
    identities.put_tenant(scope.table.tenant(), &standing, 1).await.unwrap();
    assert!(!still_welcome(&scope, &holder).await.unwrap(), "a suspended tenant");
    standing.status = TenantStatus::Active;
    identities.put_tenant(scope.table.tenant(), &standing, 2).await.unwrap();
    assert!(still_welcome(&scope, &holder).await.unwrap());
    identities.end_session(scope.table.tenant(), "session-1", ambient.now().plus_seconds(60)).await.unwrap();
    assert!(!still_welcome(&scope, &holder).await.unwrap(), "a session that was signed out");
}

#[tokio::test]
async fn of_many_that_present_a_ticket_one_gets_in() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let ambient = &*installation.ambient;
    let user = holder(ambient);
    put_ticket(&scope, HASH, &user, ambient.now().plus_seconds(30)).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..12 {
        let table = installation.claim_scope(&claim("tnt_a")).table;
        tasks.spawn(async move { table.consume_ticket(HASH).await.unwrap() });
    }
    let consumed: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let [ticket] = &consumed[..] else { panic!("{} got in", consumed.len()) };
    assert_eq!(ticket_holder(ticket, ambient.now()).unwrap(), Some(user));
    assert!(installation.table.items_under("T#tnt_a#TICKET").await.is_empty());
}

#[tokio::test]
async fn a_ticket_is_its_tenants_and_ends_on_time() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let ambient = &*installation.ambient;
    let user = holder(ambient);
    let end = ambient.now().plus_seconds(30);
    put_ticket(&scope, HASH, &user, end).await.unwrap();
    assert!(put_ticket(&scope, HASH, &user, end).await.is_err(), "a hash is given out once");
    for stranger in ["tnt_b", "tnt_a-b"] {
        let table = installation.claim_scope(&claim(stranger)).table;
        assert_eq!(table.consume_ticket(HASH).await.unwrap(), None);
    }
    let ticket = installation.claim_scope(&claim("tnt_a")).table.consume_ticket(HASH).await.unwrap().unwrap();
    assert_eq!(ticket_holder(&ticket, end.plus_seconds(-1)).unwrap(), Some(user));
    assert_eq!(ticket_holder(&ticket, end).unwrap(), None);
}

#[tokio::test]
async fn a_user_has_the_sockets_that_were_opened_and_not_closed() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let ambient = &*installation.ambient;
    let (one, other) = (UserId::generate(ambient), UserId::generate(ambient));
    assert!(connections(&scope, &one).await.is_empty());
    for (user, connection) in [(&one, "a="), (&one, "b="), (&other, "c="), (&one, "a=")] {
        put_socket(&scope, user, connection, ambient.now()).await.unwrap();
    }
    assert_eq!(connections(&scope, &one).await, ["a=", "b="]);
    assert_eq!(connections(&scope, &other).await, ["c="]);
    for _ in 0..2 {
        forget_socket(&scope, &one, "a=").await.unwrap();
        assert_eq!(connections(&scope, &one).await, ["b="]);
    }
    // The same user id in another tenant is another user.
    let elsewhere = installation.provisioned("tnt_a-b").await;
    assert!(connections(&elsewhere, &one).await.is_empty());
}

#[tokio::test]
async fn a_socket_row_outlives_the_longest_socket_and_then_goes() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let (user, now) = (UserId::generate(&*installation.ambient), installation.ambient.now());
    put_socket(&scope, &user, "a=", now).await.unwrap();
    let rows = installation.table.items_under("T#tnt_a#SOCKET").await;
    let end = ItemReader::new(&rows[0]).number("expires_at").unwrap();
    let seconds = end - now.as_second();
    assert!((7200..=10_800).contains(&seconds), "{seconds} s; the gateway closes after 7200 s");
}

async fn connections(scope: &TenantScope, user: &UserId) -> Vec<String> {
    open_sockets(scope, user).await.unwrap().into_iter().map(|socket| socket.connection).collect()
}

#[test]
fn a_socket_that_may_be_opening_is_not_taken_for_gone() {
    let connected_at = UtcTime::from_millisecond(1_790_000_000_000).unwrap();
    let socket = OpenSocket { connection: "a=".to_owned(), connected_at };
    assert!(socket.may_be_opening(connected_at.plus_seconds(14)));
    assert!(!socket.may_be_opening(connected_at.plus_seconds(15)));
}

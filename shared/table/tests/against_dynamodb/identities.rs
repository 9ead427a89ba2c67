use kernel::{Ambient, Role, TeamIds, UserId};
use table::{Identity, IdentityStatus, TenantStanding};
use testkit::{FixedAmbient, LocalTable, claim, tenant};

/// A request costs a strongly consistent unit for the user, one for the tenant and one for the session, which has not ended.
#[tokio::test]
async fn what_the_authorizer_asks_is_one_call_of_three_units() {
    let (local, ambient) = (LocalTable::start().await, FixedAmbient::seeded(1));
    let tenant = tenant("tnt_a");
    let identities = local.of(&tenant).identities();
    let user = UserId::generate(&ambient);
    let identity = Identity {
        user,
        role: Role::Rep,
        status: IdentityStatus::Active,
        session_epoch: 1,
        second_factor: false,
        team_ids: TeamIds::default(),
    };
    identities.put(&tenant, "sub-1", &identity).await.unwrap();
    let standing = TenantStanding::new("Alpha".to_owned(), ambient.now());
    identities.put_new_tenant(&tenant, &standing).await.unwrap();
    let _ = local.traffic().take();

    let found = identities.find_in_session(&claim("tnt_a"), "sub-1", "session-1").await.unwrap();
    assert_eq!(found.unwrap().identity, identity);
    let calls = local.traffic().take();
    assert_eq!(calls.len(), 1);
    assert!((calls[0].units - 3.0).abs() < 1e-9, "{calls:?}");
}

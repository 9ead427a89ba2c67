use kernel::{
    Caller, Role, TeamId, TeamIds, UserId,
    access::{ContactAccess, Visibility},
};
use table::ItemBuilder;
use testkit::{FixedAmbient, LocalTable, tenant};

/// The teams that count are those in the owners' own rows, and no more of these are read than decide.
#[tokio::test]
async fn owners_teams_decide_as_they_are_now_and_are_read_where_they_do() {
    let (local, ambient) = (LocalTable::start().await, FixedAmbient::seeded(1));
    let table = local.of(&tenant("tnt_a"));
    let (north, south) = (&TeamId::generate(&ambient), &TeamId::generate(&ambient));
    let in_teams = async |user: &UserId, teams: &[&TeamId]| {
        let teams = TeamIds(teams.iter().map(|team| (*team).clone()).collect());
        let item = ItemBuilder::new(&table.keys().user(user)).optional_text("team_ids", teams.to_text());
        table.put_any(item.build()).await.unwrap();
    };
    let [mate, stranger, loner, gone] = [(); 4].map(|()| UserId::generate(&ambient));
    in_teams(&mate, &[south, north]).await;
    in_teams(&stranger, &[south]).await;
    in_teams(&loner, &[]).await;
    let of = |owner: &UserId, visibility| ContactAccess { owner: owner.clone(), visibility };
    let caller = |role| Caller {
        tenant: table.tenant().clone(),
        user: UserId::generate(&ambient),
        role,
        teams: TeamIds(vec![north.clone()]),
    };
    let accesses = [&mate, &stranger, &loner, &gone].map(|owner| of(owner, Visibility::Team));
    let rep = caller(Role::Rep);
    let visible = table.visible(&rep, &accesses).await.unwrap();
    assert_eq!(accesses.each_ref().map(|access| visible.sees(access)), [true, false, false, false]);
    for (role, seen) in [(Role::Rep, false), (Role::Manager, true), (Role::Admin, true)] {
        assert_eq!(table.sees(&caller(role), &of(&mate, Visibility::Owner)).await.unwrap(), seen);
    }
    in_teams(&mate, &[south]).await;
    assert!(!table.sees(&rep, &accesses[0]).await.unwrap());
    in_teams(&stranger, &[north]).await;
    assert!(table.sees(&rep, &accesses[1]).await.unwrap());

    let _ = local.traffic().take();
    let shared = of(&mate, Visibility::Tenant);
    assert!(table.sees(&rep, &shared).await.unwrap());
    assert!(table.sees(&caller(Role::Admin), &accesses[0]).await.unwrap());
    assert!(!table.sees(&rep, &of(&mate, Visibility::Owner)).await.unwrap());
    assert!(local.traffic().take().is_empty(), "something was read");
}

use kernel::{
    ActivityId, Ambient, CallId, ContactId, Role, TeamIds, UserId,
    activity::{Body, CallSummary, Source},
};
use table::{ItemBuilder, activity_item};
use testkit::{TestInstallation, tenant};

use super::*;

/// Activities of several contacts lie in one order, whoever's they are; and show to who may see their contacts.
#[tokio::test]
async fn a_feed_joins_all_timelines_by_time_and_leaves_out_what_is_not_the_callers() {
    let installation = TestInstallation::start().await;
    let table = installation.table.of(&tenant("tnt_a"));
    let ambient = &*installation.ambient;
    let (owner, stranger) = (UserId::generate(ambient), UserId::generate(ambient));
    let start = ambient.now();
    let mut written = Vec::new();
    for number in 0..6_i64 {
        let contact = ContactId::generate(ambient);
        let visibility = if number % 2 == 0 { "tenant" } else { "owner" };
        let row = ItemBuilder::new(&table.keys().contact(&contact))
            .text("owner_id", owner.as_str())
            .text("visibility", visibility);
        installation.table.plant(row.build()).await;
        let call = CallId::generate(ambient);
        let activity = Activity {
            id: ActivityId::of_call(&call),
            // The later written, the earlier it happened.
            occurred_at: start.plus_seconds(-60 * number),
            contact_id: contact,
            user_id: owner.clone(),
            owner_id: owner.clone(),
            source: Source::Internal,
            body: Body::Call(CallSummary {
                call_id: call,
                direction: "outbound".to_owned(),
                status: "completed".to_owned(),
                disposition: None,
                duration_seconds: None,
                outcome: None,
                recording: None,
            }),
            created_at: start,
        };
        table.put_new(activity_item(table.keys(), &activity)).await.unwrap();
        written.push(activity);
    }
    let caller = |user: &UserId| Caller {
        tenant: tenant("tnt_a"),
        user: user.clone(),
        role: Role::Rep,
        teams: TeamIds::default(),
    };
    let read = async |user: &UserId| {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let (rows, last) = table.feed(Direction::Descending, 4, after.as_ref()).await.unwrap();
            for row in visible(&table, &caller(user), rows).await.unwrap() {
                seen.push(read_activity(&row).unwrap());
            }
            let Some(last) = last else { return seen };
            after = Some(FeedPosition::parse(&last.to_string()).unwrap());
        }
    };
    assert_eq!(read(&owner).await, written);
    let shared: Vec<_> = written.iter().step_by(2).cloned().collect();
    assert_eq!(read(&stranger).await, shared);
}

#[tokio::test]
async fn another_tenants_row_in_the_feed_is_dropped() {
    let installation = TestInstallation::start().await;
    let table = installation.table.of(&tenant("tnt_a"));
    let other = installation.table.of(&tenant("tnt_b"));
    let contact = ContactId::generate(&*installation.ambient);
    let foreign = ItemBuilder::new(&other.keys().contact(&contact)).first_index(table.keys().feed(), "2026");
    installation.table.plant(foreign.build()).await;
    let (rows, last) = table.feed(Direction::Descending, 10, None).await.unwrap();
    assert!(rows.is_empty() && last.is_none());
    assert_eq!(FeedPosition::parse("nonsense"), None);
}

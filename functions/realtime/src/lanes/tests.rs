use std::sync::Arc;

use kernel::{Ambient, CallId, UserId};
use outbox::{Event, EventData, EventId};
use testkit::{FixedAmbient, TestInstallation};

use super::*;
use crate::testing::FakeGateway;

fn delivery(ambient: &FixedAmbient, tenant: &str, contact: Option<&ContactId>, user: &UserId) -> Delivery {
    let call = CallId::generate(ambient);
    let event = Event {
        id: EventId::of_call(&call, 1),
        occurred_at: ambient.now(),
        contact_id: contact.cloned(),
        data: EventData::CallUpdated {
            user_id: None,
            call_id: call,
            status: "ringing".to_owned(),
            duration_seconds: None,
            version: 1,
        },
    };
    Delivery::new(&testkit::tenant(tenant), &event, std::slice::from_ref(user)).unwrap()
}

#[tokio::test]
async fn what_does_not_fit_is_left_in_its_order_and_the_rest_is_delivered() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let gateway = FakeGateway::start().await;
    let ambient: Arc<FixedAmbient> = installation.ambient.clone();
    let user = UserId::generate(&*ambient);
    let courier = Courier::new(ambient.clone(), gateway.sockets.clone());
    let deliveries: Vec<_> = (0..6).map(|place| (place, delivery(&ambient, "tnt_a", None, &user))).collect();
    let long_ago = Instant::now().checked_sub(SHARE).unwrap();
    let left = deliver_in_time(&courier, &scope, deliveries.clone(), long_ago).await;
    assert_eq!(left, deliveries);
    assert!(scope.table.event_log_head(&user).await.unwrap().is_none());
    let left = deliver_in_time(&courier, &scope, deliveries[..2].to_vec(), Instant::now()).await;
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(scope.table.event_log_head(&user).await.unwrap().unwrap().seq, 2);
}

#[test]
fn a_contacts_events_stay_in_one_queue() {
    let ambient = FixedAmbient::seeded(3);
    let (one, other, user) =
        (ContactId::generate(&ambient), ContactId::generate(&ambient), UserId::generate(&ambient));
    let contacts = [Some(&one), None, Some(&other), Some(&one), None];
    let numbered = contacts
        .iter()
        .enumerate()
        .map(|(place, contact)| (place, delivery(&ambient, "tnt_a", *contact, &user)));
    let queues = by_contact(numbered.collect());
    let order: Vec<Vec<usize>> =
        queues.iter().map(|queue| queue.iter().map(|(place, _)| *place).collect()).collect();
    assert_eq!(order, [vec![0, 3], vec![1], vec![2], vec![4]]);
}

#[tokio::test]
async fn a_lane_is_occupied_until_the_last_of_it_has_come_out() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let occupied = async || scope.table.lane().await.unwrap().occupied();
    assert!(!occupied().await);
    assert_eq!(scope.table.enter_lane(3).await.unwrap(), 1);
    assert_eq!(scope.table.enter_lane(2).await.unwrap(), 4);
    for number in [1, 3, 2, 4] {
        scope.table.leave_lane(number).await.unwrap();
        assert!(occupied().await, "{number}");
    }
    scope.table.leave_lane(5).await.unwrap();
    assert!(!occupied().await);
    // A repeated message, long after.
    scope.table.leave_lane(1).await.unwrap();
    assert!(!occupied().await);
    scope.table.enter_lane(1).await.unwrap();
    assert!(occupied().await);
}

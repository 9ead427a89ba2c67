use testkit::{Answer, TestInstallation};
use tokio::task::JoinSet;

use super::*;

async fn append(
    logs: &EventLogs,
    scope: &TenantScope,
    ambient: &dyn Ambient,
    user: &UserId,
    event_id: &str,
    events: &[&str],
) -> Result<Taken, Failure> {
    let events = events.iter().map(|event| (*event).to_owned()).collect();
    let plan = Plan::Fixed(Step { events, items: Vec::new() });
    logs.take(scope, ambient, user, event_id, &plan).await
}

fn first(taken: &Taken) -> i64 {
    taken.entries[0].seq
}

/// Every number from 1 on, each event once: what a log has to be at any moment.
async fn assert_whole(scope: &TenantScope, user: &UserId, expected: usize) -> Vec<String> {
    let head = scope.table.event_log_head(user).await.unwrap().unwrap();
    let entries = scope.table.event_log_entries(user, 1, i64::MAX).await.unwrap();
    assert_eq!(head.seq, i64::try_from(expected).unwrap());
    assert!(entries.iter().map(|entry| entry.seq).eq(1..=head.seq), "{entries:?}");
    let mut events: Vec<_> = entries.into_iter().map(|entry| entry.event).collect();
    let in_order = events.clone();
    events.sort();
    events.dedup();
    assert_eq!(events.len(), expected, "an event stands twice");
    in_order
}

#[tokio::test]
async fn dispatchers_that_race_for_a_user_leave_no_gap_and_no_double() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let user = UserId::generate(&*installation.ambient);
    let mut tasks = JoinSet::new();
    // Four environments; each is given every event, in an order of its own.
    for dispatcher in 0..4_usize {
        let (scope, ambient, user) = (scope.clone(), installation.ambient.clone(), user.clone());
        tasks.spawn(async move {
            let logs = EventLogs::default();
            let mut places = Vec::new();
            for step in 0..15_usize {
                let event = format!("\"event {}\"", (step * 7 + dispatcher * 4) % 15);
                // An environment that gives up is asked again, as the stream does.
                let place = loop {
                    match append(&logs, &scope, &*ambient, &user, &event, &[&event]).await {
                        Ok(place) => break place,
                        Err(Failure::Unavailable(_)) => {}
                        Err(failure) => panic!("{failure}"),
                    }
                };
                places.push((event, place));
            }
            places.sort_by(|(one, _), (other, _): &(String, Taken)| one.cmp(other));
            places
        });
    }
    let places = tasks.join_all().await;
    let entries = assert_whole(&scope, &user, 15).await;
    for dispatcher in &places {
        for (event, place) in dispatcher {
            let position = usize::try_from(first(place)).unwrap() - 1;
            assert_eq!(entries[position], *event, "everybody is told the same number");
        }
    }
}

#[tokio::test]
async fn a_conflict_with_another_transaction_is_tried_again() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let user = UserId::generate(&*installation.ambient);
    let logs = EventLogs::default();
    let step =
        async |event: &str| append(&logs, &scope, &*installation.ambient, &user, event, &[event]).await;
    step("\"first\"").await.unwrap();
    for codes in [
        ["TransactionConflict", "None", "None"],
        ["None", "TransactionConflict", "None"],
        ["ThrottlingError", "None", "None"],
    ] {
        installation.table.traffic().answer_next(Answer::canceled_transaction(&codes));
    }
    let place = step("\"second\"").await.unwrap();
    assert_eq!(first(&place), 2);
    assert_whole(&scope, &user, 2).await;
    // One that never ends (a transaction tries four times by itself) is the stream's to try again, not a reason to skip.
    for _ in 0..ATTEMPTS * 4 {
        let conflict = Answer::canceled_transaction(&["None", "TransactionConflict", "None"]);
        installation.table.traffic().answer_next(conflict);
    }
    assert!(matches!(step("\"third\"").await, Err(Failure::Unavailable(_))));
    assert_whole(&scope, &user, 2).await;
}

/// A write whose answer was lost has happened; taking the step again finds it.
#[tokio::test]
async fn a_step_is_taken_once_by_whoever_and_however_often() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let user = UserId::generate(&*installation.ambient);
    let one = EventLogs::default();
    let place = append(&one, &scope, &*installation.ambient, &user, "e", &["1", "2"]).await.unwrap();
    for logs in [&one, &EventLogs::default()] {
        let again = append(logs, &scope, &*installation.ambient, &user, "e", &["1", "2"]).await.unwrap();
        assert_eq!(again, place);
    }
    assert_whole(&scope, &user, 2).await;
    // The head that the first environment remembers is out of date by now.
    append(&EventLogs::default(), &scope, &*installation.ambient, &user, "f", &["3"]).await.unwrap();
    let next = append(&one, &scope, &*installation.ambient, &user, "g", &["4"]).await.unwrap();
    assert_eq!((first(&next), next.epoch), (4, place.epoch));
    assert_whole(&scope, &user, 4).await;
}

#[tokio::test]
async fn everybody_has_a_log_of_their_own() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let elsewhere = installation.provisioned("tnt_a-b").await;
    let (one, other) = (UserId::generate(&*installation.ambient), UserId::generate(&*installation.ambient));
    let logs = EventLogs::default();
    let mut epochs = Vec::new();
    for (scope, user) in [(&scope, &one), (&scope, &other), (&elsewhere, &one)] {
        let place = append(&logs, scope, &*installation.ambient, user, "e", &["1"]).await.unwrap();
        assert_eq!(first(&place), 1);
        epochs.push(place.epoch);
    }
    epochs.dedup();
    assert_eq!(epochs.len(), 3, "{epochs:?}");
}

#[tokio::test]
async fn the_capacity_of_an_append_is_what_it_should_be() {
    let installation = TestInstallation::start().await;
    let scope = installation.provisioned("tnt_a").await;
    let user = UserId::generate(&*installation.ambient);
    let logs = EventLogs::default();
    let event = "x".repeat(600);
    append(&logs, &scope, &*installation.ambient, &user, "warm", &[&event]).await.unwrap();
    let _ = installation.table.traffic().take();
    append(&logs, &scope, &*installation.ambient, &user, "e", &[&event]).await.unwrap();
    // Mark, head and entry, below 1 KB each, twice as much within a transaction.
    let calls = installation.table.traffic().take();
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert!((calls[0].units - 6.0).abs() < f64::EPSILON, "{calls:?}");
}

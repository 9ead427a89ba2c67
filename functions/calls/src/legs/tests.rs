use proptest::prelude::*;

use super::*;

fn at(second: i64) -> UtcTime {
    UtcTime::from_millisecond(1_790_000_000_000 + second * 1000).unwrap()
}

fn sid(number: u8) -> ProviderCallId {
    ProviderCallId::parse(&format!("CA{number:032x}")).unwrap()
}

fn user(number: u8) -> UserId {
    UserId::parse(&format!("usr_01jd00000000000000000000{number:02}")).unwrap()
}

fn news(leg: u8, role: LegRole, status: CallStatus, second: i64, duration: Option<u32>) -> LegNews {
    let user = (role == LegRole::Agent).then(|| user(leg));
    LegNews {
        id: sid(leg),
        role,
        user,
        report: Report { status, at: Some(at(second)), duration_seconds: duration },
    }
}

fn amount_to(direction: Direction, news: &[LegNews]) -> (Legs, Progress) {
    let legs = news.iter().fold(Legs::default(), Legs::merge);
    let progress = legs.progress(direction);
    (legs, progress)
}

const AGENT: LegRole = LegRole::Agent;
const CONTACT: LegRole = LegRole::Contact;

/// The user's telephone is answered, then the contact's; they talk for 42 seconds.
fn bridged() -> Vec<LegNews> {
    use CallStatus::{Completed, InProgress, Initiated, Ringing};
    vec![
        news(1, AGENT, Initiated, 0, None),
        news(1, AGENT, Ringing, 1, None),
        news(1, AGENT, InProgress, 4, None),
        news(2, CONTACT, Initiated, 5, None),
        news(2, CONTACT, Ringing, 6, None),
        news(2, CONTACT, InProgress, 10, None),
        news(2, CONTACT, Completed, 52, Some(42)),
        news(1, AGENT, Completed, 52, Some(48)),
    ]
}

#[test]
fn a_bridged_call_is_with_the_contacts_leg() {
    let story = bridged();
    let steps: Vec<_> =
        (1..=story.len()).map(|n| amount_to(Direction::Outbound, &story[..n]).1.status.as_str()).collect();
    assert_eq!(
        steps,
        ["initiated", "ringing", "ringing", "ringing", "ringing", "in-progress", "completed", "completed"]
    );
    let (_, end) = amount_to(Direction::Outbound, &story);
    assert_eq!((end.duration_seconds, end.answered_at()), (Some(42), Some(at(10))));
}

#[test]
fn where_the_users_telephone_is_not_answered_the_contacts_never_rings() {
    for status in [CallStatus::NoAnswer, CallStatus::Busy, CallStatus::Canceled] {
        let (_, end) = amount_to(Direction::Outbound, &[news(1, AGENT, status, 9, None)]);
        assert_eq!(end.status, CallStatus::Canceled, "{status:?}");
    }
    let (_, end) = amount_to(Direction::Outbound, &[news(1, AGENT, CallStatus::Failed, 9, None)]);
    assert_eq!(end.status, CallStatus::Failed);
}

#[test]
fn while_the_contacts_end_is_not_heard_of_the_call_stays_open() {
    let lost: Vec<_> =
        bridged().into_iter().filter(|news| news.report.duration_seconds != Some(42)).collect();
    assert_eq!(amount_to(Direction::Outbound, &lost).1.status, CallStatus::InProgress);
    let alone = [news(1, AGENT, CallStatus::Completed, 9, Some(3))];
    assert_eq!(amount_to(Direction::Outbound, &alone).1.status, CallStatus::Ringing);
}

#[test]
fn the_first_of_two_who_answer_has_the_call() {
    let story = [
        news(1, CONTACT, CallStatus::InProgress, 0, None),
        news(2, AGENT, CallStatus::Ringing, 1, None),
        news(3, AGENT, CallStatus::Ringing, 1, None),
        news(3, AGENT, CallStatus::InProgress, 4, None),
        news(2, AGENT, CallStatus::NoAnswer, 4, None),
    ];
    let (legs, progress) = amount_to(Direction::Inbound, &story);
    assert_eq!((progress.status, legs.answered_by()), (CallStatus::InProgress, Some(&user(3))));
    let mut story = story.to_vec();
    story.push(news(1, CONTACT, CallStatus::Completed, 34, Some(34)));
    let (_, end) = amount_to(Direction::Inbound, &story);
    assert_eq!((end.status, end.duration_seconds), (CallStatus::Completed, Some(30)));
}

#[test]
fn a_caller_whom_only_our_instructions_answered_was_missed() {
    let story = [
        news(1, CONTACT, CallStatus::InProgress, 0, None),
        news(2, AGENT, CallStatus::NoAnswer, 20, None),
        news(1, CONTACT, CallStatus::Completed, 25, Some(25)),
    ];
    let (legs, end) = amount_to(Direction::Inbound, &story);
    assert_eq!((end.status, end.duration_seconds), (CallStatus::NoAnswer, None));
    assert_eq!(legs.answered_by(), None);
}

fn reports() -> impl Strategy<Value = Vec<LegNews>> {
    let one = (0u8..4, prop::sample::select(&CallStatus::ALL[..]), 0i64..100, prop::option::of(0u32..90));
    let one = one.prop_map(|(leg, status, second, duration)| {
        let role = if leg == 0 { CONTACT } else { AGENT };
        news(leg, role, status, second, duration.filter(|_| status.is_final()))
    });
    prop::collection::vec(one, 1..14)
}

proptest! {
    #[test]
    fn any_order_and_repetition_ends_alike(
        (heard, shuffled) in reports().prop_flat_map(|heard| (Just(heard.clone()), Just(heard).prop_shuffle())),
        repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
    ) {
        let mut delivered = shuffled;
        for repeat in repeats {
            delivered.push(delivered[repeat.index(delivered.len())].clone());
        }
        for direction in [Direction::Outbound, Direction::Inbound] {
            let (one, other) = (amount_to(direction, &delivered), amount_to(direction, &heard));
            prop_assert_eq!(one.1, other.1);
            prop_assert_eq!(one.0.answered_by(), other.0.answered_by());
        }
    }

    #[test]
    fn a_call_that_is_over_stays_over(heard in reports()) {
        for direction in [Direction::Outbound, Direction::Inbound] {
            let mut over = false;
            for length in 1..=heard.len() {
                let (_, progress) = amount_to(direction, &heard[..length]);
                prop_assert!(!over || progress.status.is_final(), "{direction:?}");
                over = progress.status.is_final();
            }
        }
    }

    /// Whatever else is lost: the end of the contact's leg is the call's.
    #[test]
    fn any_loss_ends_as_the_contacts_leg_does(lost in prop::collection::vec(any::<bool>(), 8)) {
        let kept = bridged().into_iter().zip(lost).filter(|(news, lost)| {
            !lost || (news.role == CONTACT && news.report.status == CallStatus::Completed)
        });
        let heard: Vec<_> = kept.map(|(news, _)| news).collect();
        let (_, end) = amount_to(Direction::Outbound, &heard);
        prop_assert_eq!((end.status, end.duration_seconds), (CallStatus::Completed, Some(42)));
        prop_assert_eq!(end.answered_at(), Some(at(10)));
    }
}

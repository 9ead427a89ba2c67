use kernel::RecordingPolicy;
use proptest::prelude::*;

use super::*;
use crate::{
    disclosure::disclosed,
    recorded::{ProviderRecordingId, RecordingKind},
};

fn at(second: i64) -> UtcTime {
    UtcTime::from_millisecond(1_790_000_000_000 + second * 1000).unwrap()
}

fn sid(number: u8) -> ProviderCallId {
    ProviderCallId::parse(&format!("CA{number:032x}")).unwrap()
}

fn user() -> UserId {
    UserId::parse("usr_01jd0000000000000000000000").unwrap()
}

fn call(direction: Direction) -> Call {
    let (mode, user, rung) = match direction {
        Direction::Outbound => (Mode::Bridge, Some(user()), Vec::new()),
        Direction::Inbound => (Mode::Inbound, None, vec![user()]),
    };
    Call {
        id: CallId::parse("call_01jd0000000000000000000000").unwrap(),
        direction,
        mode,
        contact: ContactId::parse("con_01jd0000000000000000000000"),
        user,
        owner: UserId::parse("usr_01jd0000000000000000000001"),
        rung,
        numbers: CallNumbers { remote: "+14155550132".to_owned(), local: "+14155550100".to_owned() },
        provider_call_id: Some(sid(1)),
        dialed_at: at(0),
        legs: Legs::default(),
        recorded: Recorded::default(),
        outcome: None,
        note: None,
        version: 1,
        updated_at: at(0),
    }
}

fn leg(number: u8, role: LegRole, status: CallStatus, second: i64, duration: Option<u32>) -> News {
    let told = LegNews {
        id: sid(number),
        role,
        user: (role == LegRole::Agent).then(user),
        report: Report { status, at: Some(at(second)), duration_seconds: duration },
    };
    News { leg: Some((told, Some(sid(1)))), ..News::default() }
}

fn recording(kind: RecordingKind, state: RecordingState) -> News {
    let recording = Recording {
        provider_id: ProviderRecordingId::parse("RE00000000000000000000000000000001"),
        duration_seconds: Some(42),
        ..Recording::new(kind, state)
    };
    News { recording: Some(recording), ..News::default() }
}

/// All that is heard of a bridged call that is announced as recorded and kept.
fn recorded_call() -> Vec<News> {
    use CallStatus::{Completed, InProgress, Initiated, Ringing};
    let (agent, contact) = (LegRole::Agent, LegRole::Contact);
    vec![
        leg(1, agent, Initiated, 0, None),
        leg(1, agent, Ringing, 1, None),
        leg(1, agent, InProgress, 4, None),
        leg(2, contact, Initiated, 5, None),
        leg(2, contact, Ringing, 6, None),
        leg(2, contact, InProgress, 10, None),
        News { consent: disclosed(RecordingPolicy::Always, at(10)), ..News::default() },
        leg(2, contact, Completed, 52, Some(42)),
        leg(1, agent, Completed, 52, Some(48)),
        recording(RecordingKind::Call, RecordingState::Processing),
        recording(RecordingKind::Call, RecordingState::Available),
    ]
}

/// All that is heard of a caller who reaches nobody and leaves a message.
fn missed_call() -> Vec<News> {
    use CallStatus::{Completed, NoAnswer, Ringing};
    vec![
        leg(1, LegRole::Contact, Ringing, 0, None),
        leg(2, LegRole::Agent, Ringing, 1, None),
        leg(2, LegRole::Agent, NoAnswer, 26, None),
        recording(RecordingKind::Voicemail, RecordingState::Expected),
        recording(RecordingKind::Voicemail, RecordingState::Processing),
        leg(1, LegRole::Contact, Completed, 50, Some(50)),
        recording(RecordingKind::Voicemail, RecordingState::Available),
    ]
}

fn after(direction: Direction, heard: &[News]) -> Call {
    heard.iter().fold(call(direction), |call, news| call.learn(news, at(60)).unwrap().unwrap_or(call))
}

/// As it ends, whatever number of changes that took.
fn end(direction: Direction, heard: &[News]) -> (Call, Option<Activity>) {
    let call = Call { version: 0, ..after(direction, heard) };
    let activity = call.activity();
    (call, activity)
}

#[test]
fn a_recorded_call_ends_settled_with_its_recording_on_its_activity() {
    let (call, activity) = end(Direction::Outbound, &recorded_call());
    assert!(call.is_settled());
    let Some(Activity { body: Body::Call(summary), .. }) = activity else { panic!("no activity") };
    assert_eq!(
        (summary.recording.as_deref(), summary.disposition.as_deref(), summary.duration_seconds),
        (Some("available"), Some("answered"), Some(42))
    );
}

#[test]
fn a_message_makes_a_missed_call_one_with_a_message() {
    let story = missed_call();
    let steps: Vec<_> = (1..=story.len())
        .map(|count| after(Direction::Inbound, &story[..count]).disposition().unwrap_or("open"))
        .collect();
    assert_eq!(steps, ["open", "open", "open", "open", "open", "vm-left", "vm-left"]);
    let silent: Vec<_> = [recording(RecordingKind::Voicemail, RecordingState::Absent)].to_vec();
    let heard: Vec<_> = story[..6].iter().cloned().chain(silent).collect();
    let call = after(Direction::Inbound, &heard);
    assert_eq!((call.disposition(), call.is_settled()), (Some("no-answer"), true));
}

#[test]
fn a_call_is_not_settled_before_its_recording_is() {
    let story = recorded_call();
    let settled: Vec<_> =
        (7..=story.len()).map(|count| after(Direction::Outbound, &story[..count]).is_settled()).collect();
    assert_eq!(settled, [false, false, false, false, true]);
    let unrecorded: Vec<_> = story[..9].iter().filter(|news| news.consent.is_none()).cloned().collect();
    assert!(after(Direction::Outbound, &unrecorded).is_settled());
}

#[test]
fn news_of_another_call_or_recording_are_refused() {
    let known = after(Direction::Outbound, &recorded_call());
    let other_call = News { provider_call_id: Some(sid(9)), ..News::default() };
    assert_eq!(known.learn(&other_call, at(60)), Err(ForeignNews));
    let mut other = recording(RecordingKind::Call, RecordingState::Deleted);
    let id = ProviderRecordingId::parse("RE00000000000000000000000000000002");
    other.recording.as_mut().unwrap().provider_id = id;
    assert_eq!(known.learn(&other, at(60)), Err(ForeignNews));
}

proptest! {
    /// Every permutation of a call's news, with any of them heard again, ends in the same call with the same activity.
    #[test]
    fn any_order_and_repetition_of_all_news_ends_alike(
        recorded in Just(recorded_call()).prop_shuffle(),
        missed in Just(missed_call()).prop_shuffle(),
        repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        for (direction, story, shuffled) in
            [(Direction::Outbound, recorded_call(), recorded), (Direction::Inbound, missed_call(), missed)]
        {
            let mut delivered = shuffled;
            for repeat in &repeats {
                delivered.push(delivered[repeat.index(delivered.len())].clone());
            }
            prop_assert_eq!(end(direction, &delivered), end(direction, &story));
        }
    }

    /// Whatever is lost but the end of the leg that counts: the call is over, lasted as long, and has its one activity.
    #[test]
    fn any_loss_but_the_end_ends_the_call_alike(lost in prop::collection::vec(any::<bool>(), 11)) {
        let is_end = |news: &News| {
            news.leg.as_ref().is_some_and(|(leg, _)| {
                leg.role == LegRole::Contact && leg.report.status == CallStatus::Completed
            })
        };
        let kept = recorded_call().into_iter().zip(lost).filter(|(news, lost)| !lost || is_end(news));
        let heard: Vec<_> = kept.map(|(news, _)| news).collect();
        let call = after(Direction::Outbound, &heard);
        let progress = call.progress();
        prop_assert_eq!((progress.status, progress.duration_seconds), (CallStatus::Completed, Some(42)));
        prop_assert_eq!(progress.answered_at(), Some(at(10)));
        prop_assert!(call.activity().is_some());
        // What was announced and has not come keeps the call in the sight of those who ask.
        let recorded = call.recorded.recording.as_ref().map(|recording| recording.state);
        let open = recorded.map_or(call.recorded.consent.is_some(), RecordingState::is_open);
        prop_assert_eq!(call.is_settled(), !open);
    }
}

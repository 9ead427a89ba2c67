use proptest::prelude::*;

use super::*;

fn at(second: i64) -> UtcTime {
    UtcTime::from_millisecond(1_790_000_000_000 + second * 1000).unwrap()
}

fn id(number: u8) -> ProviderRecordingId {
    ProviderRecordingId::parse(&format!("RE{number:032x}")).unwrap()
}

const STATES: [RecordingState; 7] = [
    RecordingState::Expected,
    RecordingState::Missing,
    RecordingState::Processing,
    RecordingState::Absent,
    RecordingState::Empty,
    RecordingState::Available,
    RecordingState::Deleted,
];

#[derive(Debug, Clone)]
enum Heard {
    Consent(Consent),
    Recording(Recording),
}

fn heard() -> impl Strategy<Value = Vec<Heard>> {
    let answers = [Answer::None, Answer::Announced, Answer::Declined, Answer::Agreed];
    let consent = (0i64..50, prop::sample::select(answers.to_vec())).prop_map(|(second, answer)| {
        let policy = RecordingPolicy::Ask;
        Heard::Consent(Consent { policy, script_version: 1, disclosed_at: at(second), answer })
    });
    let recording =
        (prop::sample::select(STATES.to_vec()), prop::bool::ANY, prop::bool::ANY, prop::option::of(0u32..90))
            .prop_map(|(state, voicemail, named, duration_seconds)| {
                let kind = if voicemail { RecordingKind::Voicemail } else { RecordingKind::Call };
                let provider_id = named.then(|| id(1));
                Heard::Recording(Recording { provider_id, duration_seconds, ..Recording::new(kind, state) })
            });
    prop::collection::vec(prop_oneof![consent, recording], 1..10)
}

fn amount_to(heard: &[Heard]) -> Recorded {
    heard.iter().fold(Recorded::default(), |recorded, news| match news {
        Heard::Consent(consent) => recorded.with_consent(consent),
        Heard::Recording(recording) => recorded.with_recording(recording).unwrap(),
    })
}

proptest! {
    #[test]
    fn any_order_and_repetition_ends_alike(
        (heard, shuffled) in heard().prop_flat_map(|heard| (Just(heard.clone()), Just(heard).prop_shuffle())),
        repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
    ) {
        let mut delivered = shuffled;
        for repeat in repeats {
            delivered.push(delivered[repeat.index(delivered.len())].clone());
        }
        prop_assert_eq!(amount_to(&delivered), amount_to(&heard));
    }
}

#[test]
fn news_of_another_recording_are_not_believed() {
    let one = Recording {
        provider_id: Some(id(1)),
        ..Recording::new(RecordingKind::Call, RecordingState::Processing)
    };
    let other = Recording { provider_id: Some(id(2)), ..one.clone() };
    let known = Recorded::default().with_recording(&one).unwrap();
    assert!(known.clone().with_recording(&other).is_none());
    let unnamed = Recording::new(RecordingKind::Call, RecordingState::Available);
    let named = known.with_recording(&unnamed).unwrap().recording.unwrap();
    assert_eq!((named.provider_id, named.state), (Some(id(1)), RecordingState::Available));
}

#[test]
fn what_was_permitted_is_expected_once_somebody_has_answered() {
    let consent =
        |answer| Consent { policy: RecordingPolicy::Ask, script_version: 1, disclosed_at: at(0), answer };
    for (answer, status, expected) in [
        (Answer::Agreed, CallStatus::Completed, true),
        (Answer::Announced, CallStatus::InProgress, true),
        (Answer::Announced, CallStatus::NoAnswer, false),
        (Answer::Declined, CallStatus::Completed, false),
        (Answer::None, CallStatus::Completed, false),
    ] {
        let state = Recorded::default().with_consent(&consent(answer)).state(status);
        assert_eq!(state, expected.then_some(RecordingState::Expected), "{answer:?} {status:?}");
    }
    assert_eq!(Recorded::default().state(CallStatus::Completed), None);
}

#[test]
fn only_a_sid_names_a_recording() {
    for text in ["", "RE", "CA00000000000000000000000000000001", "RE../../../../latest/meta-data/iam/x"] {
        assert!(ProviderRecordingId::parse(text).is_none(), "{text}");
    }
}

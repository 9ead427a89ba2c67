//! The documents in `golden/`. The telephony suite builds the same ones with Twilio's own library and holds the files to
//! them, so that both are held to each other.

use twiml::{Dial, Gather, Noun, Record, Response, Say, StatusCallback, Target, Verb};

#[track_caller]
fn assert_golden(name: &str, response: &Response) {
    let path = format!("{}/tests/golden/{name}.xml", env!("CARGO_MANIFEST_DIR"));
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(golden.trim_end(), response.to_xml(), "{path}");
}

fn number(status_url: &str, announcement: Option<&str>) -> Target {
    Target {
        status_callback: Some(StatusCallback(status_url.to_owned())),
        url: announcement.map(str::to_owned),
        ..Target::new(Noun::Number("+14155550132".to_owned()))
    }
}

#[test]
fn an_outbound_call_dials_the_contact() {
    let dial = Dial {
        targets: vec![number(
            "https://api.example/status?call_id=1&leg=contact",
            Some("https://api.example/a?b=c&d=e"),
        )],
        caller_id: Some("+14155550100".to_owned()),
        timeout_seconds: 45,
        action: Some("https://api.example/after?call_id=1&x=\"y\"".to_owned()),
        record: true,
        recording_callback: Some("https://api.example/recording?call_id=1".to_owned()),
        answer_on_bridge: true,
    };
    assert_golden("outbound", &Response::new().then(dial));
}

#[test]
fn an_inbound_call_rings_browsers_and_telephones_at_once() {
    let client = Target {
        status_callback: Some(StatusCallback("https://api.example/status?leg=a&x=1".to_owned())),
        ..Target::new(Noun::Client("usr_01kar1b2c3d4e5f6g7h8j9k0mn".to_owned()))
    };
    let dial = Dial {
        targets: vec![client, number("https://api.example/status?leg=b", None)],
        timeout_seconds: 20,
        action: Some("https://api.example/after".to_owned()),
        ..Dial::default()
    };
    let announcement = Say {
        text: "This call is recorded. <Really> & truly.".to_owned(),
        language: Some("en-US".to_owned()),
    };
    assert_golden("inbound", &Response::new().then(announcement).then(dial));
}

#[test]
fn voicemail_greets_records_and_hangs_up() {
    let record = Record {
        action: "https://api.example/after?call_id=1&step=recorded".to_owned(),
        max_length_seconds: 180,
        silence_seconds: 10,
        recording_callback: Some("https://api.example/voicemail?call_id=1".to_owned()),
    };
    let response = Response::new()
        .then(Verb::Play("https://files.example/greeting.mp3?x=1&y=2".to_owned()))
        .then(Say::new("Grüße, 你好. Please leave a message."))
        .then(record)
        .then(Verb::Hangup);
    assert_golden("voicemail", &response);
}

#[test]
fn consent_is_asked_for_with_a_key() {
    let gather = Gather {
        prompt: Say::new("Press 1 to agree to this call being recorded."),
        digits: 1,
        timeout_seconds: 5,
        action: "https://api.example/consent?call_id=1&leg=contact".to_owned(),
    };
    let response = Response::new()
        .then(gather)
        .then(Verb::Pause(1))
        .then(Verb::Redirect("https://api.example/on?call_id=1&a=b".to_owned()));
    assert_golden("consent", &response);
}

#[test]
fn a_call_can_be_declined() {
    assert_golden("busy", &Response::new().then(Verb::Reject { busy: true }));
    assert_golden("rejected", &Response::new().then(Verb::Reject { busy: false }));
}

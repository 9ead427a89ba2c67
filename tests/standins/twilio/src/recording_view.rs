//! The two JSON forms of a recording: below its call and below its account.

use serde_json::{Value, json};

use crate::{app::App, call::price, clock::rfc2822, recording::Recording};

/// A quarter of a cent a minute, in hundred-thousandths of a dollar.
const PRICE_PER_MINUTE: u64 = 250;

/// As `/Calls/{CallSid}/Recordings` has it: a numeric price, the track, no media URL.
pub fn under_call(recording: &Recording) -> Value {
    let mut view = common(recording);
    let uri = format!(
        "/2010-04-01/Accounts/{}/Calls/{}/Recordings/{}.json",
        recording.account_sid, recording.call_sid, recording.sid
    );
    view["uri"] = uri.into();
    view["track"] = recording.plan.track.as_str().into();
    view["price"] =
        charge(recording).and_then(|text| text.parse::<f64>().ok()).map_or(Value::Null, Value::from);
    view
}

/// As `/Recordings` has it: the price as text, the media URL, sub-resources.
pub fn under_account(app: &App, recording: &Recording) -> Value {
    let mut view = common(recording);
    let path = recording.path();
    view["uri"] = format!("{path}.json").into();
    view["media_url"] = format!("{}{path}", app.base_url).into();
    view["price"] = charge(recording).map_or(Value::Null, Value::from);
    view["subresource_uris"] = json!({
        "add_on_results": format!("{path}/AddOnResults.json"),
        "transcriptions": format!("{path}/Transcriptions.json"),
    });
    view
}

fn charge(recording: &Recording) -> Option<String> {
    recording.duration.map(|seconds| price(PRICE_PER_MINUTE * seconds.div_ceil(60)))
}

fn common(recording: &Recording) -> Value {
    json!({
        "account_sid": recording.account_sid,
        "api_version": "2010-04-01",
        "call_sid": recording.call_sid,
        "conference_sid": null,
        "date_created": rfc2822(recording.created_at),
        "date_updated": rfc2822(recording.updated_at),
        "start_time": rfc2822(recording.created_at),
        "duration": recording.duration.map(|seconds| seconds.to_string()),
        "sid": recording.sid,
        "price_unit": "USD",
        "status": recording.status.name(),
        "channels": recording.channels(),
        "source": recording.plan.source.name(),
        "error_code": null,
        "encryption_details": null,
    })
}

//! `PATCH /v1/calls/{call_id}`

use kernel::{Action, CallId, Caller, Failure, Reach};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::{Deserialize, Deserializer};

use crate::{app::App, outcome::Outcome, store::CallStore, view::CallView};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("calls-update", Method::PATCH, "/v1/calls/{call_id}", Action::PlaceCalls);

const LONGEST_NOTE: usize = 10_000;

/// A merge patch: what is left out stays, null takes it away.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallChange {
    #[serde(default, deserialize_with = "present")]
    #[expect(clippy::option_option, reason = "kept, taken away, or set")]
    outcome: Option<Option<Outcome>>,
    #[serde(default, deserialize_with = "present")]
    #[expect(clippy::option_option, reason = "kept, taken away, or set")]
    note: Option<Option<String>>,
}

/// Tells a field that is null from one that is not there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Writes down what a call was worth. One's own calls; a manager's or admin's also those they see.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("call_id", "call", CallId::parse)?;
    let version = request.if_match()?;
    let input: CallChange = request.body()?;
    if let Some(Some(note)) = &input.note {
        parse_note(note)?;
    }
    let scope = app.data.open(&caller.tenant).await;
    let store = CallStore::open(&scope).await?;
    let call = store.find_visible(&id, &caller).await?;
    if call.user.as_ref() != Some(&caller.user) && Action::PlaceCalls.reach_of(caller.role) < Reach::Team {
        return Err(Failure::Forbidden("the call is another user's"));
    }
    if call.version != version {
        return Err(Failure::Stale);
    }
    let outcome = input.outcome.unwrap_or(call.outcome);
    let note = input.note.unwrap_or_else(|| call.note.clone());
    let call = match call.described(outcome, note, app.ambient.now()) {
        Some(next) => {
            store.describe(&call, &next).await?;
            next
        }
        None => call,
    };
    let version = call.version;
    Ok(Reply::ok(&CallView::of(call))?.versioned(version))
}

/// Lines and tabs are what people write; other characters of control are not.
pub(crate) fn parse_note(note: &str) -> Result<(), Failure> {
    let fits = (1..=LONGEST_NOTE).contains(&note.chars().count())
        && !note.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'));
    let expected = format!("Expected 1 to {LONGEST_NOTE} characters, none of control.");
    fits.then_some(()).ok_or_else(|| Failure::field("note", "invalid_text", expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_takes_away_and_absence_keeps() {
        let change: CallChange = serde_json::from_str(r#"{"outcome": null}"#).unwrap();
        assert!(matches!(change, CallChange { outcome: Some(None), note: None }));
        assert!(serde_json::from_str::<CallChange>(r#"{"outcome": "splendid"}"#).is_err());
        assert!(serde_json::from_str::<CallChange>(r#"{"status": "completed"}"#).is_err());
    }

    #[test]
    fn a_note_is_text() {
        parse_note("Called back.\n\tWants an offer.").unwrap();
        for note in ["", "bell \u{7}", &"a".repeat(LONGEST_NOTE + 1)] {
            assert!(parse_note(note).is_err());
        }
    }
}

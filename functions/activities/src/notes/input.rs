//! What a note may say, whom it may mention and when it may have happened.

use kernel::{Faults, UserId, UtcTime};

const TEXT_LIMIT: usize = 10_000;
const MENTIONS: usize = 20;
/// The stream's consumers know activities by a sort key that begins with a year of this millennium.
const EARLIEST: &str = "2000-01-01T00:00:00.000Z";
/// Clocks differ; what happens is written down when it has happened.
const AHEAD_SECONDS: i64 = 5 * 60;

/// Not blank, without control characters other than line breaks and tabs; blanks around it are cut off.
pub fn text(given: &str, faults: &mut Faults) -> String {
    let text = given.trim();
    let control = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    if text.is_empty() {
        faults.add("text", "blank", "A note says something.");
    } else if text.chars().count() > TEXT_LIMIT {
        faults.add("text", "too_long", "A note has 10,000 characters at most.");
    } else if text.chars().any(control) {
        faults.add("text", "control_character", "A note has no control characters.");
    }
    text.to_owned()
}

/// Users, each once.
pub fn mentions(given: &[String], faults: &mut Faults) -> Vec<UserId> {
    if given.len() > MENTIONS {
        faults.add("mentions", "too_many", "A note mentions 20 users at most.");
        return Vec::new();
    }
    let mut users: Vec<UserId> = Vec::with_capacity(given.len());
    for (position, text) in given.iter().enumerate() {
        match UserId::parse(text) {
            Some(user) if users.contains(&user) => {}
            Some(user) => users.push(user),
            None => faults.add(format!("mentions[{position}]"), "invalid_id", "Expected a user's id."),
        }
    }
    users
}

/// A time that has come.
pub fn occurred_at(given: &str, now: UtcTime, faults: &mut Faults) -> UtcTime {
    let Some(time) = UtcTime::parse(given) else {
        faults.add("occurred_at", "invalid_time", "Expected an RFC 3339 time.");
        return now;
    };
    if Some(time) < UtcTime::parse(EARLIEST) || time > now.plus_seconds(AHEAD_SECONDS) {
        faults.add("occurred_at", "out_of_range", "Expected a time between the year 2000 and now.");
    }
    time
}

#[cfg(test)]
mod tests {
    use kernel::Failure;

    use super::*;

    fn codes(faults: Faults) -> Vec<(String, &'static str)> {
        match faults.into_result() {
            Err(Failure::Invalid(errors)) => {
                errors.into_iter().map(|error| (error.field, error.code)).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_note_says_something_about_what_has_happened() {
        let now = UtcTime::parse("2026-11-22T10:00:00Z").unwrap();
        for (given, expected) in [
            ("  Asked for an offer\n\tby Friday ", None),
            (" \n", Some("blank")),
            ("a\u{0}b", Some("control_character")),
            ("a\u{1b}[31m", Some("control_character")),
            (&"x".repeat(10_001), Some("too_long")),
        ] {
            let mut faults = Faults::default();
            text(given, &mut faults);
            assert_eq!(codes(faults).first().map(|(_, code)| *code), expected, "{given:.20}");
        }
        for (given, expected) in [
            ("2026-11-22T10:04:00Z", None),
            ("2001-02-03T04:05:06+01:00", None),
            ("2026-11-22T10:06:00Z", Some("out_of_range")),
            ("1999-12-31T23:59:59Z", Some("out_of_range")),
            ("9000-01-01T00:00:00Z", Some("out_of_range")),
            ("9999-12-31T23:59:59Z", Some("invalid_time")),
            ("yesterday", Some("invalid_time")),
        ] {
            let mut faults = Faults::default();
            occurred_at(given, now, &mut faults);
            assert_eq!(codes(faults).first().map(|(_, code)| *code), expected, "{given}");
        }
    }

    #[test]
    fn the_mentioned_are_users_each_once() {
        let one = "usr_01jd0000000000000000000000".to_owned();
        let mut faults = Faults::default();
        let users = mentions(&[one.clone(), "usr_1".to_owned(), one], &mut faults);
        assert_eq!(users.len(), 1);
        assert_eq!(codes(faults), [("mentions[1]".to_owned(), "invalid_id")]);
        let mut faults = Faults::default();
        mentions(&vec![String::new(); 21], &mut faults);
        assert_eq!(codes(faults), [("mentions".to_owned(), "too_many")]);
    }
}

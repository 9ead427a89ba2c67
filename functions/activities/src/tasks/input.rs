//! What a task may say, and when it may be due.

use kernel::{Faults, UserId, UtcTime, activity::TaskStatus};

const TEXT_LIMIT: usize = 1000;
const EARLIEST: &str = "2000-01-01T00:00:00.000Z";
/// Further ahead it is a slip of the keyboard.
const AHEAD_SECONDS: i64 = 10 * 366 * 24 * 60 * 60;
const LONGEST_REMINDER_SECONDS: i64 = 30 * 24 * 60 * 60;
const LONGEST_SNOOZE_SECONDS: i64 = 366 * 24 * 60 * 60;

/// Not blank, without control characters other than line breaks and tabs; blanks around it are cut off.
pub fn text(given: &str, faults: &mut Faults) -> String {
    let text = given.trim();
    let control = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    if text.is_empty() {
        faults.add("text", "blank", "A task says what is to be done.");
    } else if text.chars().count() > TEXT_LIMIT {
        faults.add("text", "too_long", "A task has 1,000 characters at most.");
    } else if text.chars().any(control) {
        faults.add("text", "control_character", "A task has no control characters.");
    }
    text.to_owned()
}

/// A time from the year 2000 until ten years ahead.
pub fn due_at(given: &str, now: UtcTime, faults: &mut Faults) -> UtcTime {
    let Some(time) = UtcTime::parse(given) else {
        faults.add("due_at", "invalid_time", "Expected an RFC 3339 time.");
        return now;
    };
    if Some(time) < UtcTime::parse(EARLIEST) || time > now.plus_seconds(AHEAD_SECONDS) {
        faults.add("due_at", "out_of_range", "Expected a time between the year 2000 and ten years ahead.");
    }
    time
}

/// From nothing to thirty days.
pub fn remind_before(given: i64, faults: &mut Faults) -> i64 {
    if !(0..=LONGEST_REMINDER_SECONDS).contains(&given) {
        faults.add("remind_before_seconds", "out_of_range", "Expected 0 to 2,592,000 seconds (30 days).");
    }
    given
}

/// A time within the next year.
pub fn snoozed_until(given: &str, now: UtcTime, faults: &mut Faults) -> UtcTime {
    let Some(time) = UtcTime::parse(given) else {
        faults.add("snoozed_until", "invalid_time", "Expected an RFC 3339 time.");
        return now;
    };
    if time <= now || time > now.plus_seconds(LONGEST_SNOOZE_SECONDS) {
        faults.add("snoozed_until", "out_of_range", "Expected a time within the next year.");
    }
    time
}

pub fn assignee(given: &str, faults: &mut Faults) -> Option<UserId> {
    let user = UserId::parse(given);
    if user.is_none() {
        faults.add("assignee_id", "invalid_id", "Expected a user's id.");
    }
    user
}

pub fn status(given: &str, faults: &mut Faults) -> Option<TaskStatus> {
    let status = TaskStatus::parse(given);
    if status.is_none() {
        faults.add("status", "unknown_value", "Expected open or done.");
    }
    status
}

#[cfg(test)]
mod tests {
    use kernel::Failure;

    use super::*;

    fn code(check: impl FnOnce(&mut Faults)) -> Option<&'static str> {
        let mut faults = Faults::default();
        check(&mut faults);
        match faults.into_result() {
            Err(Failure::Invalid(errors)) => errors.first().map(|error| error.code),
            _ => None,
        }
    }

    #[test]
    fn a_task_says_what_is_to_be_done() {
        for (given, expected) in [
            (" Send the offer\n", None),
            ("\t ", Some("blank")),
            ("a\u{7}b", Some("control_character")),
            (&"x".repeat(1001), Some("too_long")),
        ] {
            assert_eq!(code(|faults| drop(text(given, faults))), expected, "{given:.20}");
        }
    }

    #[test]
    fn times_are_within_reason() {
        let now = UtcTime::parse("2026-11-22T10:00:00Z").unwrap();
        for (given, expected) in [
            ("2026-11-23T10:00:00+01:00", None),
            ("2020-01-01T00:00:00Z", None),
            ("1999-12-31T23:59:59Z", Some("out_of_range")),
            ("2037-01-01T00:00:00Z", Some("out_of_range")),
            ("tomorrow", Some("invalid_time")),
        ] {
            assert_eq!(
                code(|faults| {
                    let _ = due_at(given, now, faults);
                }),
                expected,
                "{given}"
            );
        }
        for (given, expected) in [
            ("2026-11-22T10:05:00Z", None),
            ("2026-11-22T10:00:00Z", Some("out_of_range")),
            ("2027-12-01T00:00:00Z", Some("out_of_range")),
            ("soon", Some("invalid_time")),
        ] {
            assert_eq!(
                code(|faults| {
                    let _ = snoozed_until(given, now, faults);
                }),
                expected,
                "{given}"
            );
        }
        for (given, expected) in
            [(0, None), (2_592_000, None), (-1, Some("out_of_range")), (i64::MAX, Some("out_of_range"))]
        {
            assert_eq!(
                code(|faults| {
                    let _ = remind_before(given, faults);
                }),
                expected,
                "{given}"
            );
        }
    }

    #[test]
    fn whose_it_is_and_how_it_stands_are_words_that_are_known() {
        assert_eq!(
            code(|faults| {
                let _ = assignee("me", faults);
            }),
            Some("invalid_id")
        );
        assert_eq!(
            code(|faults| {
                let _ = status("late", faults);
            }),
            Some("unknown_value")
        );
        assert_eq!(
            code(|faults| {
                let _ = status("done", faults);
            }),
            None
        );
    }
}

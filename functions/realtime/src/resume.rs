//! From a client's position to what it has missed.

use kernel::Failure;
use table::{EventLogEntry, EventLogHead, TenantTable};

/// More than this is quicker read anew than replayed.
pub const REPLAY_LIMIT: i64 = 500;
/// Entries read at once.
const PAGE: i64 = 100;

/// Where a client says that it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    pub epoch: Option<String>,
    pub last_seq: Option<i64>,
}

/// What a position means for a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resumption {
    /// The client keeps no position, or is at the end.
    UpToDate,
    /// It has not seen these; both included.
    Missed { first: i64, last: i64 },
    /// It cannot go on from there; why, for the log.
    Reset(&'static str),
}

impl Position {
    #[must_use]
    pub fn against(&self, head: &EventLogHead) -> Resumption {
        let Some(last_seq) = self.last_seq else { return Resumption::UpToDate };
        if self.epoch.as_ref().is_some_and(|epoch| *epoch != head.epoch) {
            return Resumption::Reset("other_epoch");
        }
        match head.seq - last_seq {
            0 => Resumption::UpToDate,
            missing if missing < 0 || last_seq < 0 => Resumption::Reset("not_in_the_log"),
            missing if missing > REPLAY_LIMIT => Resumption::Reset("too_far_behind"),
            _ => Resumption::Missed { first: last_seq + 1, last: head.seq },
        }
    }
}

/// The next entries from `first` on, at most a page; `None` where one of them has expired.
pub async fn read_page(
    table: &TenantTable,
    user: &kernel::UserId,
    first: i64,
    last: i64,
) -> Result<Option<Vec<EventLogEntry>>, Failure> {
    let until = last.min(first + PAGE - 1);
    let entries = table.event_log_entries(user, first, until).await?;
    Ok(entries.iter().map(|entry| entry.seq).eq(first..=until).then_some(entries))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_up_to_date_behind_or_of_no_use() {
        let head = EventLogHead { epoch: "a".to_owned(), seq: 600 };
        let at = |epoch: &str, last_seq| Position { epoch: Some(epoch.to_owned()), last_seq: Some(last_seq) };
        for (position, expected) in [
            (Position::default(), Resumption::UpToDate),
            (Position { epoch: Some("b".to_owned()), last_seq: None }, Resumption::UpToDate),
            (Position { epoch: None, last_seq: Some(599) }, Resumption::Missed { first: 600, last: 600 }),
            (at("a", 600), Resumption::UpToDate),
            (at("a", 100), Resumption::Missed { first: 101, last: 600 }),
            (at("a", 99), Resumption::Reset("too_far_behind")),
            (at("a", 601), Resumption::Reset("not_in_the_log")),
            (at("a", i64::MAX), Resumption::Reset("not_in_the_log")),
            (at("a", -1), Resumption::Reset("not_in_the_log")),
            (at("b", 600), Resumption::Reset("other_epoch")),
        ] {
            assert_eq!(position.against(&head), expected, "{position:?}");
        }
    }
}

//! Activities as they are shown: unsealed, and only those that were asked for.

use std::fmt;

use kernel::{Activity, Failure, UserId, activity::Body};
use lambda::Query;
use table::{Item, ItemReader, Purpose, read_activity};
use tenancy::unseal_record;
use vault::TenantVault;

/// The kinds of activity there are; `types` may name some of them.
const KINDS: [&str; 4] = ["call", "note", "task", "contact"];

/// Which activities a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    kinds: Vec<&'static str>,
    user: Option<UserId>,
}

impl Wanted {
    /// From the parameters `types` and `user_id`.
    pub fn read(query: &Query) -> Result<Self, Failure> {
        let kinds = match query.get("types") {
            None => KINDS.to_vec(),
            Some(names) => kinds(names).ok_or_else(|| {
                Failure::field("types", "unknown_value", format!("Expected some of {}.", KINDS.join(", ")))
            })?,
        };
        let user = query.get("user_id").map(|text| {
            let unknown = || Failure::field("user_id", "invalid_id", "Expected a user's id.");
            UserId::parse(text).ok_or_else(unknown)
        });
        Ok(Self { kinds, user: user.transpose()? })
    }

    fn holds(&self, activity: &Activity) -> bool {
        let by = self.user.as_ref().is_none_or(|user| *user == activity.user_id);
        by && self.kinds.contains(&activity.body.kind())
    }
}

/// In a fixed form, for binding a cursor.
impl fmt::Display for Wanted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kinds.join(","), self.user.as_ref().map_or("", UserId::as_str))
    }
}

fn kinds(names: &str) -> Option<Vec<&'static str>> {
    let find = |name: &str| KINDS.into_iter().find(|kind| *kind == name);
    names.split(',').map(find).collect()
}

/// The activity in a row, with what is sealed beside it; `None` where it was not asked for.
pub fn shown(vault: &TenantVault, item: &Item, wanted: &Wanted) -> Result<Option<Activity>, Failure> {
    let mut activity = read_activity(item)?;
    if !wanted.holds(&activity) {
        return Ok(None);
    }
    let row = ItemReader::new(item);
    match &mut activity.body {
        Body::Note(note) => note.text = Some(unseal_record(vault, row, Purpose::NoteText)?),
        Body::Task(task) => task.text = Some(unseal_record(vault, row, Purpose::TaskText)?),
        Body::Call(_) | Body::Contact(_) => {}
    }
    Ok(Some(activity))
}

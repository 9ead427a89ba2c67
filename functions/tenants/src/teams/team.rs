//! A team.

use kernel::{Failure, Faults, TeamId, UtcTime};
use serde::{Deserialize, Serialize};

const MAX_NAME: usize = 100;

/// A team of a tenant. Who is in it stands with the users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    /// Counts up from 1 with every change.
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

/// A team as a sender writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamInput {
    name: String,
}

impl TeamInput {
    /// The name; [`Failure::Invalid`] where it cannot be one.
    pub fn parse(self) -> Result<String, Failure> {
        let mut faults = Faults::default();
        let name = self.name.trim();
        if name.is_empty() {
            faults.add("name", "empty", "A team has a name.");
        } else if name.chars().count() > MAX_NAME {
            faults.add("name", "too_long", format!("At most {MAX_NAME} characters."));
        } else if name.chars().any(char::is_control) {
            faults.add("name", "control_character", "Control characters are not allowed.");
        }
        faults.into_result()?;
        Ok(name.to_owned())
    }
}

/// A team as the API shows it.
#[derive(Serialize)]
pub struct TeamView {
    id: String,
    name: String,
    version: i64,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl From<Team> for TeamView {
    fn from(team: Team) -> Self {
        Self {
            id: team.id.to_string(),
            name: team.name,
            version: team.version,
            created_at: team.created_at,
            updated_at: team.updated_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_has_a_name_of_one_line() {
        let parse = |name: &str| TeamInput { name: name.to_owned() }.parse();
        assert_eq!(parse(" North ").unwrap(), "North");
        for name in ["", "  ", "a\nb", &"x".repeat(MAX_NAME + 1)] {
            assert!(matches!(parse(name), Err(Failure::Invalid(_))), "{name}");
        }
    }
}

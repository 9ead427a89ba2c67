//! What is written about a user, parsed.

use kernel::{Faults, PhoneNumber, Role, SignInAddress, TeamId, TeamIds};

use crate::name;

const MAX_TEAMS: usize = 20;

pub(crate) fn name(text: &str, faults: &mut Faults) -> String {
    name_at("name", text, faults)
}

/// As [`name`], for a field elsewhere in the body.
pub(crate) fn name_at(field: &str, text: &str, faults: &mut Faults) -> String {
    name::name_at(field, text, "A user has a name.", faults)
}

pub(crate) fn address(text: &str, faults: &mut Faults) -> Option<SignInAddress> {
    address_at("email", text, faults)
}

/// As [`address`], for a field elsewhere in the body.
pub(crate) fn address_at(field: &str, text: &str, faults: &mut Faults) -> Option<SignInAddress> {
    let address = SignInAddress::parse(text);
    if address.is_none() {
        faults.add(field, "invalid_email", "This is not an e-mail address that can sign in.");
    }
    address
}

/// A role within a tenant: operators are the platform's, and nobody here makes one.
pub(crate) fn role(text: &str, faults: &mut Faults) -> Option<Role> {
    let role = Role::parse(text).filter(|role| *role != Role::Operator);
    if role.is_none() {
        faults.add("role", "unknown_value", "Expected one of `rep`, `manager`, `admin`.");
    }
    role
}

pub(crate) fn phone(text: &str, faults: &mut Faults) -> Option<String> {
    let number = PhoneNumber::parse(text, None);
    if number.is_none() {
        faults.add("phone", "invalid_phone", "This is not a telephone number with its country code.");
    }
    number.map(|number| number.e164().to_owned())
}

/// Each team once, in the order given. Whether there is such a team is asked when the user is written.
pub(crate) fn teams(texts: &[String], faults: &mut Faults) -> TeamIds {
    if texts.len() > MAX_TEAMS {
        faults.add("team_ids", "too_many", format!("At most {MAX_TEAMS}."));
    }
    let mut teams = Vec::new();
    for (position, text) in texts.iter().take(MAX_TEAMS).enumerate() {
        match TeamId::parse(text) {
            Some(team) if teams.contains(&team) => {
                faults.add(format!("team_ids[{position}]"), "repeated", "This team stands twice.");
            }
            Some(team) => teams.push(team),
            None => faults.add(format!("team_ids[{position}]"), "unknown_team", "There is no such team."),
        }
    }
    TeamIds(teams)
}

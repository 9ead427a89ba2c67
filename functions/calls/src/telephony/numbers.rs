//! A tenant's own numbers: what contacts see, and what they call.

use kernel::TeamId;
use serde::{Deserialize, Serialize};

/// One number of the tenant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnNumber {
    /// E.164.
    pub number: String,
    /// What the tenant calls it.
    pub label: Option<String>,
    /// Who is rung where a caller's own rep is not there; nobody else without it.
    pub team_id: Option<TeamId>,
    /// What a caller hears before the tone, spoken; a general one without it.
    pub greeting: Option<String>,
}

impl OwnNumber {
    #[must_use]
    pub fn plain(number: impl Into<String>) -> Self {
        Self { number: number.into(), label: None, team_id: None, greeting: None }
    }
}

/// All of them; the first is shown where none fits better.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PhoneNumbers(pub Vec<OwnNumber>);

impl PhoneNumbers {
    #[must_use]
    pub fn find(&self, number: &str) -> Option<&OwnNumber> {
        self.0.iter().find(|own| own.number == number)
    }

    /// The number to show to `remote`: the one whose digits agree with it furthest, which is one of its area before one of its
    /// country before any other.
    #[must_use]
    pub fn caller_id_for(&self, remote: &str) -> Option<&OwnNumber> {
        let shared = |own: &OwnNumber| {
            own.number.bytes().zip(remote.bytes()).take_while(|(own, other)| own == other).count()
        };
        // Of equals `max_by_key` takes the last, and the tenant's first counts most.
        self.0.iter().rev().max_by_key(|own| shared(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(numbers: &[&str]) -> PhoneNumbers {
        PhoneNumbers(numbers.iter().map(|number| OwnNumber::plain(*number)).collect())
    }

    #[test]
    fn a_contact_sees_a_number_of_its_area_first_and_of_its_country_next() {
        let own = numbers(&["+12125550100", "+14155550100", "+442079460100"]);
        for (remote, shown) in [
            ("+14155550132", "+14155550100"),
            ("+12125550132", "+12125550100"),
            ("+13105550132", "+12125550100"),
            ("+442079460958", "+442079460100"),
            ("+4930901820", "+442079460100"),
            ("+33123456789", "+12125550100"),
        ] {
            assert_eq!(own.caller_id_for(remote).map(|own| own.number.as_str()), Some(shown), "{remote}");
        }
        assert!(numbers(&[]).caller_id_for("+14155550132").is_none());
    }
}

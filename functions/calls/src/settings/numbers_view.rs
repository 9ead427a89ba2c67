use kernel::UtcTime;
use serde::Serialize;

use crate::telephony::{OwnNumber, PhoneNumbers, Versioned};

/// The tenant's numbers, in the order in which they are shown to contacts where none fits better.
#[derive(Serialize)]
pub struct NumbersView {
    numbers: Vec<NumberView>,
    version: i64,
    updated_at: Option<UtcTime>,
}

#[derive(Serialize)]
struct NumberView {
    number: String,
    country: Option<String>,
    label: Option<String>,
    team_id: Option<String>,
    greeting: Option<String>,
}

impl NumbersView {
    /// Version 0 where none were ever stored.
    pub fn of(numbers: Option<Versioned<PhoneNumbers>>) -> Self {
        let Some(numbers) = numbers else {
            return Self { numbers: Vec::new(), version: 0, updated_at: None };
        };
        Self {
            numbers: numbers.record.0.into_iter().map(NumberView::of).collect(),
            version: numbers.version,
            updated_at: Some(numbers.updated_at),
        }
    }
}

impl NumberView {
    fn of(own: OwnNumber) -> Self {
        let country = kernel::PhoneNumber::parse(&own.number, None).and_then(|number| number.country());
        Self {
            number: own.number,
            country: country.map(String::from),
            label: own.label,
            team_id: own.team_id.map(String::from),
            greeting: own.greeting,
        }
    }
}

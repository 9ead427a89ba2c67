//! `PUT /v1/tenant/phone-numbers`

use std::collections::BTreeSet;

use kernel::{Action, Caller, Failure, Faults, PhoneNumber, TeamId};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use super::numbers_view::NumbersView;
use crate::{
    app::App,
    telephony::{OwnNumber, PhoneNumbers, TelephonyStore, Versioned},
};

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "phone-numbers-put",
    Method::PUT,
    "/v1/tenant/phone-numbers",
    Action::ManageTenantSettings,
);

const MOST_NUMBERS: usize = 200;
const LONGEST_LABEL: usize = 100;
/// About a minute, spoken.
const LONGEST_GREETING: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NumbersInput {
    numbers: Vec<NumberInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NumberInput {
    number: String,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    team_id: Option<TeamId>,
    #[serde(default)]
    greeting: Option<String>,
}

impl NumbersInput {
    fn parse(self) -> Result<PhoneNumbers, Failure> {
        let mut faults = Faults::default();
        if self.numbers.len() > MOST_NUMBERS {
            faults.add("numbers", "too_many", format!("Expected at most {MOST_NUMBERS}."));
            faults.into_result()?;
            return Ok(PhoneNumbers::default());
        }
        let mut seen = BTreeSet::new();
        let mut numbers = Vec::new();
        for (position, input) in self.numbers.into_iter().enumerate() {
            let place = |field: &str| format!("numbers[{position}].{field}");
            let Some(number) = PhoneNumber::parse(&input.number, None) else {
                faults.add(place("number"), "invalid_phone", "Expected a number in E.164.");
                continue;
            };
            if !seen.insert(number.e164().to_owned()) {
                faults.add(place("number"), "repeated", "This number stands twice.");
            }
            numbers.push(OwnNumber {
                number: number.e164().to_owned(),
                label: parse_text(input.label, LONGEST_LABEL, place("label"), &mut faults),
                team_id: input.team_id,
                greeting: parse_text(input.greeting, LONGEST_GREETING, place("greeting"), &mut faults),
            });
        }
        faults.into_result()?;
        Ok(PhoneNumbers(numbers))
    }
}

fn parse_text(text: Option<String>, longest: usize, field: String, faults: &mut Faults) -> Option<String> {
    let trimmed = text?.trim().to_owned();
    if trimmed.is_empty() || trimmed.chars().count() > longest || trimmed.chars().any(char::is_control) {
        faults.add(field, "invalid_text", format!("Expected 1 to {longest} characters, none of control."));
    }
    Some(trimmed)
}

/// Says which numbers the tenant has. Over a list that is there already it takes the version that was seen.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: NumbersInput = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = TelephonyStore::open(&scope).await?;
    let version = match store.numbers().await? {
        Some(before) if before.version == request.if_match()? => before.version,
        Some(_) => return Err(Failure::Stale),
        None => 0,
    };
    let record = input.parse()?;
    refuse_unknown_teams(&store, &record).await?;
    let next = Versioned { record, version: version + 1, updated_at: app.ambient.now() };
    store.put_numbers(&next).await?;
    let version = next.version;
    Ok(Reply::ok(&NumbersView::of(Some(next)))?.versioned(version))
}

async fn refuse_unknown_teams(store: &TelephonyStore<'_>, numbers: &PhoneNumbers) -> Result<(), Failure> {
    let mut faults = Faults::default();
    for (position, number) in numbers.0.iter().enumerate() {
        if let Some(team) = &number.team_id
            && !store.has_team(team).await?
        {
            faults.add(format!("numbers[{position}].team_id"), "unknown_team", "There is no such team.");
        }
    }
    faults.into_result()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<PhoneNumbers, Failure> {
        serde_json::from_str::<NumbersInput>(body).unwrap().parse()
    }

    #[test]
    fn numbers_are_kept_in_e164_and_in_order() {
        let body = r#"{"numbers": [{"number": "+1 (415) 555-0100", "label": " West "}, {"number": "+12125550100"}]}"#;
        let PhoneNumbers(numbers) = parse(body).unwrap();
        let read: Vec<_> = numbers.iter().map(|own| (own.number.as_str(), own.label.as_deref())).collect();
        assert_eq!(read, [("+14155550100", Some("West")), ("+12125550100", None)]);
    }

    #[test]
    fn every_fault_is_named() {
        let body = r#"{"numbers": [{"number": "4155550100"}, {"number": "+14155550100", "label": ""},
            {"number": "+1 415 555 0100", "greeting": "a\u0000b"}]}"#;
        let Err(Failure::Invalid(errors)) = parse(body) else { panic!("it was taken") };
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            ["numbers[0].number", "numbers[1].label", "numbers[2].number", "numbers[2].greeting"]
        );
    }
}

//! `PUT /v1/tenant/telephony`

use kernel::{Action, Caller, Country, Failure, Faults};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::{Deserialize, Deserializer};

use super::account_view::AccountView;
use crate::{
    app::App,
    telephony::{ApiKey, TelephonyAccount, TelephonyStore, Versioned, is_sid},
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("telephony-put", Method::PUT, "/v1/tenant/telephony", Action::ManageTenantSettings);

/// The provider's secrets are 32 characters today.
const LONGEST_SECRET: usize = 128;
const MOST_COUNTRIES: usize = 250;

/// Replaces the account. A secret that is left out stays as long as what it belongs to does; so do the countries.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountInput {
    account_sid: String,
    #[serde(default)]
    auth_token: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[expect(clippy::option_option, reason = "kept, taken away, or set")]
    secondary_auth_token: Option<Option<String>>,
    #[serde(default)]
    api_key_sid: Option<String>,
    #[serde(default)]
    api_key_secret: Option<String>,
    #[serde(default)]
    twiml_app_sid: Option<String>,
    #[serde(default)]
    allowed_countries: Option<Vec<String>>,
}

/// Tells a field that is null from one that is not there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl AccountInput {
    fn parse(
        self,
        before: Option<&TelephonyAccount>,
        default_country: Country,
    ) -> Result<TelephonyAccount, Failure> {
        let mut faults = Faults::default();
        if !is_sid("AC", &self.account_sid) {
            faults.add("account_sid", "invalid_value", "Expected AC and 32 hexadecimal digits.");
        }
        if self.twiml_app_sid.as_deref().is_some_and(|sid| !is_sid("AP", sid)) {
            faults.add("twiml_app_sid", "invalid_value", "Expected AP and 32 hexadecimal digits.");
        }
        let kept = before.filter(|before| before.account_sid == self.account_sid);
        let auth_tokens = self.auth_tokens(kept, &mut faults);
        let api_key = self.api_key(kept, &mut faults);
        let allowed_countries = match &self.allowed_countries {
            Some(codes) => parse_countries(codes, &mut faults),
            None => before.map_or_else(|| vec![default_country], |before| before.allowed_countries.clone()),
        };
        faults.into_result()?;
        Ok(TelephonyAccount {
            account_sid: self.account_sid,
            auth_tokens,
            api_key,
            application_sid: self.twiml_app_sid,
            allowed_countries,
        })
    }

    fn auth_tokens(&self, kept: Option<&TelephonyAccount>, faults: &mut Faults) -> Vec<String> {
        let held = |position: usize| kept.and_then(|kept| kept.auth_tokens.get(position)).cloned();
        let primary = secret("auth_token", self.auth_token.as_ref(), faults).or_else(|| held(0));
        if primary.is_none() {
            faults.add("auth_token", "required", "A new account needs its auth token.");
        }
        let secondary = match &self.secondary_auth_token {
            Some(given) => secret("secondary_auth_token", given.as_ref(), faults),
            None => held(1),
        };
        let distinct = secondary.filter(|secondary| Some(secondary) != primary.as_ref());
        primary.into_iter().chain(distinct).collect()
    }

    fn api_key(&self, kept: Option<&TelephonyAccount>, faults: &mut Faults) -> Option<ApiKey> {
        let secret = secret("api_key_secret", self.api_key_secret.as_ref(), faults);
        let Some(sid) = &self.api_key_sid else {
            if secret.is_some() {
                faults.add("api_key_sid", "required", "A secret belongs to a key.");
            }
            return None;
        };
        if !is_sid("SK", sid) {
            faults.add("api_key_sid", "invalid_value", "Expected SK and 32 hexadecimal digits.");
        }
        let held = kept.and_then(|kept| kept.api_key.as_ref()).filter(|key| key.sid == *sid);
        let secret = secret.or_else(|| held.map(|key| key.secret.clone()));
        if secret.is_none() {
            faults.add("api_key_secret", "required", "A new key needs its secret.");
        }
        secret.map(|secret| ApiKey { sid: sid.clone(), secret })
    }
}

fn secret(field: &'static str, given: Option<&String>, faults: &mut Faults) -> Option<String> {
    let given = given?;
    let fits =
        (8..=LONGEST_SECRET).contains(&given.len()) && given.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits {
        faults.add(field, "invalid_value", format!("Expected 8 to {LONGEST_SECRET} visible characters."));
    }
    Some(given.clone())
}

fn parse_countries(codes: &[String], faults: &mut Faults) -> Vec<Country> {
    if codes.len() > MOST_COUNTRIES {
        faults.add("allowed_countries", "too_many", format!("Expected at most {MOST_COUNTRIES}."));
        return Vec::new();
    }
    let mut countries = Vec::new();
    for (position, code) in codes.iter().enumerate() {
        match Country::parse(code) {
            Some(country) => countries.push(country),
            None => faults.add(
                format!("allowed_countries[{position}]"),
                "unknown_country",
                "Expected two capitals of ISO 3166-1.",
            ),
        }
    }
    countries.sort();
    countries.dedup();
    countries
}

/// Says which account the tenant's calls go through. Over an account that is there already it takes the version that was seen.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: AccountInput = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = TelephonyStore::open(&scope).await?;
    let before = store.account().await?;
    let version = match &before {
        Some(before) if before.version == request.if_match()? => before.version,
        Some(_) => return Err(Failure::Stale),
        None => 0,
    };
    let country = store.default_country().await?;
    let record = input.parse(before.as_ref().map(|before| &before.record), country)?;
    let next = Versioned { record, version: version + 1, updated_at: app.ambient.now() };
    store.put_account(&next).await?;
    let version = next.version;
    Ok(Reply::ok(&AccountView::of(next, &app.public_url, &caller.tenant))?.versioned(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "0123456789abcdef0123456789abcdef";

    fn us() -> Country {
        Country::parse("US").unwrap()
    }

    fn parse(body: &str, before: Option<&TelephonyAccount>) -> Result<TelephonyAccount, Failure> {
        let body = body.replace('$', DIGITS);
        serde_json::from_str::<AccountInput>(&body).unwrap().parse(before, us())
    }

    fn faults(body: &str, before: Option<&TelephonyAccount>) -> Vec<String> {
        let Err(Failure::Invalid(errors)) = parse(body, before) else { panic!("{body} was taken") };
        errors.into_iter().map(|error| error.field).collect()
    }

    fn full() -> TelephonyAccount {
        parse(
            r#"{"account_sid": "AC$", "auth_token": "first-token", "secondary_auth_token": "second-token",
            "api_key_sid": "SK$", "api_key_secret": "key-secret", "twiml_app_sid": "AP$",
            "allowed_countries": ["US", "CA", "US"]}"#,
            None,
        )
        .unwrap()
    }

    #[test]
    fn secrets_that_are_left_out_stay_with_what_they_belong_to() {
        let account = full();
        assert_eq!(account.auth_tokens, ["first-token", "second-token"]);
        assert_eq!(account.allowed_countries.len(), 2);
        let same =
            parse(r#"{"account_sid": "AC$", "api_key_sid": "SK$", "twiml_app_sid": "AP$"}"#, Some(&account));
        assert!(same.unwrap() == account);
        let other_account = r#"{"account_sid": "AC00000000000000000000000000000000", "api_key_sid": "SK$"}"#;
        assert_eq!(faults(other_account, Some(&account)), ["auth_token", "api_key_secret"]);
        let other_key = r#"{"account_sid": "AC$", "api_key_sid": "SK00000000000000000000000000000000"}"#;
        assert_eq!(faults(other_key, Some(&account)), ["api_key_secret"]);
        assert!(parse(r#"{"account_sid": "AC$"}"#, Some(&account)).unwrap().api_key.is_none());
    }

    #[test]
    fn a_rotation_begins_with_a_second_token_and_ends_without_it() {
        let account = full();
        let promoted = r#"{"account_sid": "AC$", "auth_token": "second-token"}"#;
        assert_eq!(parse(promoted, Some(&account)).unwrap().auth_tokens, ["second-token"]);
        let ended = r#"{"account_sid": "AC$", "secondary_auth_token": null}"#;
        assert_eq!(parse(ended, Some(&account)).unwrap().auth_tokens, ["first-token"]);
    }

    #[test]
    fn every_fault_is_named() {
        let body = r#"{"account_sid": "AC1", "auth_token": "short", "secondary_auth_token": "with blank inside",
            "api_key_secret": "key-secret", "twiml_app_sid": "SK$", "allowed_countries": ["US", "UK"]}"#;
        assert_eq!(
            faults(body, None),
            [
                "account_sid",
                "twiml_app_sid",
                "auth_token",
                "secondary_auth_token",
                "api_key_sid",
                "allowed_countries[1]"
            ]
        );
        let first = parse(r#"{"account_sid": "AC$", "auth_token": "first-token"}"#, None).unwrap();
        assert!(first.allowed_countries == [us()]);
    }
}

//! `PATCH /v1/me`

use kernel::{Action, Caller, Failure, Faults, LanguageTag, TimeZoneName, UserRecord, UtcTime};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::{Deserialize, Deserializer};

use super::answer;
use crate::{
    app::AccountApp,
    user::User,
    users::{
        input,
        store::{Refusal, UserStore},
    },
};

pub const ROUTE: RouteSpec = RouteSpec::bearer("me-update", Method::PATCH, "/v1/me", Action::KeepOwnAccount);

/// What is one's own to change, and no more: role, teams, state, address and tenant are fields that there are none of here. What is
/// left out stays as it is; everything but the name can be taken away, by null.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "a merge patch tells a field that is null from one that is left out"
)]
struct ChangeInput {
    #[serde(default, deserialize_with = "present")]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    timezone: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    locale: Option<Option<String>>,
}

/// Tells a field that is null from one that is not there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl ChangeInput {
    /// The next state of `before`; [`Failure::Invalid`] with every field that is wrong.
    fn apply(self, before: &UserRecord) -> Result<UserRecord, Failure> {
        let mut faults = Faults::default();
        let mut next = before.clone();
        if let Some(name) = self.name {
            next.name = input::name(&name, &mut faults);
        }
        if let Some(phone) = self.phone {
            next.phone = phone.and_then(|text| input::phone(&text, &mut faults));
        }
        if let Some(timezone) = self.timezone {
            next.timezone = timezone.and_then(|text| time_zone(&text, &mut faults));
        }
        if let Some(locale) = self.locale {
            next.locale = locale.and_then(|text| language(&text, &mut faults));
        }
        faults.into_result()?;
        Ok(next)
    }
}

fn time_zone(text: &str, faults: &mut Faults) -> Option<TimeZoneName> {
    let zone = TimeZoneName::parse(text);
    if zone.is_none() {
        faults.add(
            "timezone",
            "unknown_timezone",
            "Expected a zone of the IANA database, such as Europe/Berlin.",
        );
    }
    zone
}

fn language(text: &str, faults: &mut Faults) -> Option<LanguageTag> {
    let tag = LanguageTag::parse(text);
    if tag.is_none() {
        faults.add("locale", "invalid_language", "Expected a language by BCP 47, such as pt-BR.");
    }
    tag
}

/// Changes the caller. Neither the identity nor the roster is written, and the role behind it could not write them.
pub async fn handle(account: &AccountApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let version = request.if_match()?;
    let change: ChangeInput = request.body()?;
    let scope = account.app.data.open(&caller.tenant).await;
    let store = UserStore::open(&scope).await?;
    let user = store.find(&caller.user).await?.ok_or(Failure::NotFound("user"))?;
    if user.version != version {
        return Err(Failure::Stale);
    }
    let record = change.apply(&user.record)?;
    if record == user.record {
        return answer(account, &caller, &store, user).await;
    }
    let next = changed(user, record, account.app.ambient.now());
    match store.replace(&next, version).await {
        Ok(()) => answer(account, &caller, &store, next).await,
        Err(Refusal::Failed(failure)) => Err(failure),
        Err(Refusal::Overtaken) => Err(Failure::Unavailable("others kept changing the user".into())),
    }
}

fn changed(user: User, record: UserRecord, now: UtcTime) -> User {
    User { record, version: user.version + 1, updated_at: now, ..user }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before() -> UserRecord {
        UserRecord::new("Rep".to_owned(), "rep@alpha.example".to_owned(), Some("+14155550112".to_owned()))
    }

    fn apply(body: &str) -> Result<UserRecord, Failure> {
        serde_json::from_str::<ChangeInput>(body).unwrap().apply(&before())
    }

    #[test]
    fn null_takes_away_and_leaving_out_does_not() {
        assert!(apply("{}").unwrap() == before());
        let next = apply(r#"{"phone": null, "timezone": "europe/berlin", "locale": "de-at"}"#).unwrap();
        assert_eq!(next.phone, None);
        assert_eq!(next.timezone, TimeZoneName::parse("Europe/Berlin"));
        assert_eq!(next.locale, LanguageTag::parse("de-AT"));
        assert!(serde_json::from_str::<ChangeInput>(r#"{"name": null}"#).is_err());
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let body = r#"{"name": " ", "phone": "1", "timezone": "Mars/Olympus", "locale": "klingonese-"}"#;
        let Err(Failure::Invalid(errors)) = apply(body) else { panic!("it was taken") };
        let named: Vec<_> = errors.iter().map(|error| (error.field.as_str(), error.code)).collect();
        assert_eq!(
            named,
            [
                ("name", "empty"),
                ("phone", "invalid_phone"),
                ("timezone", "unknown_timezone"),
                ("locale", "invalid_language")
            ]
        );
    }

    #[test]
    fn what_others_decide_is_no_field_of_ones_own_account() {
        for field in ["role", "status", "team_ids", "email", "tenant_id", "id", "version", "mfa", "tenant"] {
            let body = format!(r#"{{"{field}": "admin"}}"#);
            let error = serde_json::from_str::<ChangeInput>(&body).err().expect("the field was taken");
            assert!(error.to_string().starts_with("unknown field"), "{field}: {error}");
        }
    }
}

//! `PATCH /v1/users/{user_id}`

use kernel::{Action, Caller, Failure, Faults, Role, TeamIds, UserId, UtcTime};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::{Deserialize, Deserializer};

use super::{
    input,
    invite::ATTEMPTS,
    store::{Refusal, UserStore},
    view::UserView,
};
use crate::{
    app::App,
    user::{User, UserStatus},
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("users-update", Method::PATCH, "/v1/users/{user_id}", Action::ManageUsers);

/// What is left out stays as it is; only a telephone can be taken away, by null.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeInput {
    #[serde(default, deserialize_with = "present")]
    name: Option<String>,
    #[expect(
        clippy::option_option,
        reason = "a merge patch tells a field that is null from one that is left out"
    )]
    #[serde(default, deserialize_with = "present")]
    phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    role: Option<String>,
    #[serde(default, deserialize_with = "present")]
    team_ids: Option<Vec<String>>,
}

/// Tells a field that is null from one that is not there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[derive(Clone)]
struct Change {
    name: Option<String>,
    #[expect(
        clippy::option_option,
        reason = "left alone, taken away, or set: a merge patch knows all three"
    )]
    phone: Option<Option<String>>,
    role: Option<Role>,
    team_ids: Option<TeamIds>,
}

impl ChangeInput {
    fn parse(self) -> Result<Change, Failure> {
        let mut faults = Faults::default();
        let change = Change {
            name: self.name.map(|text| input::name(&text, &mut faults)),
            phone: self.phone.map(|text| text.and_then(|text| input::phone(&text, &mut faults))),
            role: self.role.and_then(|text| input::role(&text, &mut faults)),
            team_ids: self.team_ids.map(|texts| input::teams(&texts, &mut faults)),
        };
        faults.into_result()?;
        Ok(change)
    }
}

impl Change {
    /// The next state of `user`; `None` where nothing would be different.
    fn apply(self, user: &User, now: UtcTime) -> Option<User> {
        let mut next = user.clone();
        next.record.name = self.name.unwrap_or(next.record.name);
        next.record.phone = self.phone.unwrap_or(next.record.phone);
        next.role = self.role.unwrap_or(next.role);
        next.team_ids = self.team_ids.unwrap_or(next.team_ids);
        let same = next.record == user.record && next.role == user.role && next.team_ids == user.team_ids;
        next.version += 1;
        next.updated_at = now;
        (!same).then_some(next)
    }
}

/// Changes a user. Another role or team ends the user's sessions, for tokens carry what they were issued with.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("user_id", "user", UserId::parse)?;
    let version = request.if_match()?;
    let change = request.body::<ChangeInput>()?.parse()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = UserStore::open(&scope).await?;
    for _ in 0..ATTEMPTS {
        let user = store.find(&id).await?.ok_or(Failure::NotFound("user"))?;
        if user.version != version {
            return Err(Failure::Stale);
        }
        if user.status == UserStatus::Disabled {
            return Err(Failure::Conflict { code: "user_disabled", detail: "the user has been deactivated" });
        }
        let Some(next) = change.clone().apply(&user, app.ambient.now()) else {
            return answer(user, &caller);
        };
        match write(app, &store, &user, &next).await {
            Ok(()) => return answer(next, &caller),
            Err(Refusal::Failed(failure)) => return Err(failure),
            Err(Refusal::Overtaken) => {}
        }
    }
    Err(Failure::Unavailable("others kept changing the membership".into()))
}

async fn write(app: &App, store: &UserStore<'_>, user: &User, next: &User) -> Result<(), Refusal> {
    if next.role == user.role && next.team_ids == user.team_ids {
        return store.replace(next, user.version).await;
    }
    let members = store.membership().await?;
    if user.role == Role::Admin && next.role != Role::Admin {
        members.require_other_admin(&user.id)?;
    }
    store.replace_member(next, user.version, &members.roster, &*app.ambient).await
}

fn answer(user: User, caller: &Caller) -> Result<Reply, Failure> {
    let version = user.version;
    Ok(Reply::ok(&UserView::of(user, caller))?.versioned(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Change, Failure> {
        serde_json::from_str::<ChangeInput>(body).unwrap().parse()
    }

    #[test]
    fn null_takes_a_telephone_away_and_leaving_it_out_does_not() {
        assert_eq!(parse(r#"{"phone": null}"#).unwrap().phone, Some(None));
        assert_eq!(
            parse(r#"{"phone": "+1 415 555 0112"}"#).unwrap().phone,
            Some(Some("+14155550112".to_owned()))
        );
        assert_eq!(parse("{}").unwrap().phone, None);
        assert!(serde_json::from_str::<ChangeInput>(r#"{"name": null}"#).is_err());
    }

    #[test]
    fn nobody_becomes_an_operator() {
        let Err(Failure::Invalid(errors)) = parse(r#"{"role": "operator"}"#) else { panic!("it was taken") };
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("role", "unknown_value"));
    }
}

//! `PATCH /v1/tenant`

use kernel::{Action, Caller, Failure, Faults, RecordingPolicy, UtcTime, access::Visibility, is_country};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::{Deserialize, Deserializer};

use super::{
    store::{Settings, SettingsStore},
    view::SettingsView,
};
use crate::{app::App, name::parse_name};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("tenant-update", Method::PATCH, "/v1/tenant", Action::ManageTenantSettings);

/// Ten years; whoever has to keep more leaves the limit out.
const MAX_RETENTION_DAYS: u32 = 3650;

/// What is left out stays as it is; only the time of retention can be taken away, by null.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeInput {
    #[serde(default, deserialize_with = "present")]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    default_country: Option<String>,
    #[serde(default, deserialize_with = "present")]
    recording_policy: Option<RecordingPolicy>,
    #[serde(default, deserialize_with = "present")]
    #[expect(
        clippy::option_option,
        reason = "left alone, taken away, or set: a merge patch knows all three"
    )]
    retention_days: Option<Option<u32>>,
    #[serde(default, deserialize_with = "present")]
    mfa_required: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    contact_visibility: Option<Visibility>,
}

/// Tells a field that is null from one that is not there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl ChangeInput {
    /// The next state of `before`; `before` itself where nothing would be different.
    fn apply(self, before: &Settings, now: UtcTime) -> Result<Settings, Failure> {
        let mut faults = Faults::default();
        let mut next = before.clone();
        if let Some(name) = self.name {
            next.tenant.name = parse_name(&name, &mut faults);
            next.standing.name = next.tenant.name.clone();
        }
        if let Some(country) = self.default_country {
            if !is_country(&country) {
                faults.add("default_country", "unknown_country", "Expected two capitals of ISO 3166-1.");
            }
            next.tenant.default_country = country;
        }
        if let Some(days) = self.retention_days {
            if days.is_some_and(|days| !(1..=MAX_RETENTION_DAYS).contains(&days)) {
                let expected = format!("Expected 1 to {MAX_RETENTION_DAYS}, or null.");
                faults.add("retention_days", "out_of_range", expected);
            }
            next.tenant.retention_days = days;
        }
        let tenant = &mut next.tenant;
        tenant.recording_policy = self.recording_policy.unwrap_or(tenant.recording_policy);
        tenant.contact_visibility = self.contact_visibility.unwrap_or(tenant.contact_visibility);
        next.standing.mfa_required = self.mfa_required.unwrap_or(next.standing.mfa_required);
        faults.into_result()?;
        if next != *before {
            next.tenant.version += 1;
            next.tenant.updated_at = now;
            next.standing.version += 1;
            next.standing.updated_at = now;
        }
        Ok(next)
    }
}

/// Changes the caller's tenant.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let version = request.if_match()?;
    let input: ChangeInput = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = SettingsStore::open(&scope);
    let before = store.read().await?;
    if before.tenant.version != version {
        return Err(Failure::Stale);
    }
    let next = input.apply(&before, app.ambient.now())?;
    if next != before {
        store.replace(&before, &next).await?;
    }
    let version = next.tenant.version;
    Ok(Reply::ok(&SettingsView::of(&caller.tenant, next))?.versioned(version))
}

#[cfg(test)]
mod tests {
    use table::TenantStanding;

    use super::*;
    use crate::tenant::Tenant;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_millisecond(seconds * 1000).unwrap()
    }

    fn settings() -> Settings {
        let mut tenant = Tenant::new("Alpha".to_owned(), "us-east-1".to_owned(), at(1));
        tenant.retention_days = Some(30);
        Settings { tenant, standing: TenantStanding::new("Alpha".to_owned(), at(1)) }
    }

    fn apply(body: &str) -> Result<Settings, Failure> {
        serde_json::from_str::<ChangeInput>(body).unwrap().apply(&settings(), at(2))
    }

    #[test]
    fn what_signing_in_has_to_know_changes_with_the_settings() {
        let next = apply(r#"{"name": " Beta ", "mfa_required": true}"#).unwrap();
        assert_eq!((next.tenant.name.as_str(), next.standing.name.as_str()), ("Beta", "Beta"));
        assert!(next.standing.mfa_required);
        assert_eq!((next.tenant.version, next.standing.version), (2, 2));
        assert_eq!(next.tenant.retention_days, Some(30));
    }

    #[test]
    fn null_takes_the_retention_away_and_nothing_else() {
        assert_eq!(apply(r#"{"retention_days": null}"#).unwrap().tenant.retention_days, None);
        assert!(serde_json::from_str::<ChangeInput>(r#"{"name": null}"#).is_err());
    }

    #[test]
    fn what_changes_nothing_makes_no_version() {
        assert_eq!(apply(r#"{"name": "Alpha", "retention_days": 30}"#).unwrap(), settings());
        assert_eq!(apply("{}").unwrap(), settings());
    }

    #[test]
    fn every_fault_is_named() {
        let Err(Failure::Invalid(errors)) =
            apply(r#"{"name": " ", "default_country": "uk", "retention_days": 0}"#)
        else {
            panic!("it was taken")
        };
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["name", "default_country", "retention_days"]);
    }
}

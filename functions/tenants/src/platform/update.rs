//! `PATCH /v1/platform/tenants/{tenant_id}`

use std::collections::BTreeSet;

use kernel::{Action, Caller, ClaimedTenant, Failure, Module, PLATFORM_TENANT, Provenance};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::{Deserialize, Deserializer};
use table::TenantStatus;

use super::{store, view::PlatformTenantView};
use crate::{
    app::App,
    standing_change::{LimitChange, StandingChange},
};

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "tenants-update",
    Method::PATCH,
    "/v1/platform/tenants/{tenant_id}",
    Action::ManagePlatform,
);

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Active,
    Suspended,
}

/// What is left out stays as it is; only the limit can be taken away, by null.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeInput {
    #[serde(default, deserialize_with = "present")]
    status: Option<Status>,
    #[serde(default, deserialize_with = "present")]
    modules: Option<BTreeSet<Module>>,
    #[serde(default, deserialize_with = "present")]
    #[expect(
        clippy::option_option,
        reason = "left alone, taken away, or set: a merge patch knows all three"
    )]
    user_limit: Option<Option<u32>>,
    #[serde(default, deserialize_with = "present")]
    mfa_required: Option<bool>,
}

/// Tells a field that is null from one that is not there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl From<ChangeInput> for StandingChange {
    fn from(input: ChangeInput) -> Self {
        Self {
            status: input.status.map(|status| match status {
                Status::Active => TenantStatus::Active,
                Status::Suspended => TenantStatus::Suspended,
            }),
            modules: input.modules,
            user_limit: input.user_limit.map(|limit| limit.map_or(LimitChange::Lift, LimitChange::To)),
            mfa_required: input.mfa_required,
        }
    }
}

/// Suspends or resumes a tenant, and sets what it may use. Who is signed in there notices within 30 seconds.
pub async fn handle(app: &App, _caller: Caller, request: Request) -> Result<Reply, Failure> {
    let claim = request.path("tenant_id", "tenant", ClaimedTenant::parse)?;
    let version = request.if_match()?;
    let change = StandingChange::from(request.body::<ChangeInput>()?);
    if claim.as_str() == PLATFORM_TENANT && change.status == Some(TenantStatus::Suspended) {
        let detail = "the operators' own tenant cannot be suspended";
        return Err(Failure::Conflict { code: "platform_tenant", detail });
    }
    #[expect(clippy::disallowed_methods, reason = "an operator names it; the role reaches no tenant's data")]
    let id = claim.clone().vouch(Provenance::Operator);
    let scope = app.data.open(&id).await;
    let before = store::find(&scope, &claim).await?;
    if before.version != version {
        return Err(Failure::Stale);
    }
    let next = change.apply(&before, app.ambient.now());
    if let Some(next) = &next {
        store::replace(&scope, next, version).await?;
    }
    let after = next.unwrap_or(before);
    let version = after.version;
    Ok(Reply::ok(&PlatformTenantView::of(id.as_str(), after))?.versioned(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> StandingChange {
        serde_json::from_str::<ChangeInput>(body).unwrap().into()
    }

    #[test]
    fn null_lifts_the_limit_and_leaving_it_out_does_not() {
        assert_eq!(parse(r#"{"user_limit": null}"#).user_limit, Some(LimitChange::Lift));
        assert_eq!(parse(r#"{"user_limit": 7}"#).user_limit, Some(LimitChange::To(7)));
        assert_eq!(parse("{}"), StandingChange::default());
    }

    #[test]
    fn what_no_tenant_can_have_is_refused() {
        for body in [
            r#"{"modules": ["nonsense"]}"#,
            r#"{"status": "deleted"}"#,
            r#"{"user_limit": -1}"#,
            r#"{"name": "x"}"#,
        ] {
            assert!(serde_json::from_str::<ChangeInput>(body).is_err(), "{body}");
        }
    }
}

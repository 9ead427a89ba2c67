//! `POST /v1/platform/tenants`

use std::collections::BTreeSet;

use kernel::{Action, Caller, ClaimedTenant, Failure, Faults, Module, Provenance};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;
use table::TenantStanding;

use super::{store, view::PlatformTenantView};
use crate::{app::PlatformApp, name::parse_name, tenant::Tenant};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("tenants-create", Method::POST, "/v1/platform/tenants", Action::ManagePlatform);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TenantInput {
    name: String,
    #[serde(default)]
    modules: BTreeSet<Module>,
    #[serde(default)]
    user_limit: Option<u32>,
    #[serde(default)]
    mfa_required: bool,
}

/// Makes a tenant with its keys and no users: who may come in first is provisioned with the operators' tool.
pub async fn handle(app: &PlatformApp, _caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: TenantInput = request.body()?;
    let mut faults = Faults::default();
    let name = parse_name(&input.name, &mut faults);
    faults.into_result()?;

    let ambient = &*app.app.ambient;
    let now = ambient.now();
    #[expect(clippy::disallowed_methods, reason = "an operator makes it, under a name that is new")]
    let id = ClaimedTenant::generate(ambient).vouch(Provenance::Operator);
    let mut standing = TenantStanding::new(name.clone(), now);
    standing.modules = input.modules;
    standing.user_limit = input.user_limit;
    standing.mfa_required = input.mfa_required;
    let scope = app.app.data.open(&id).await;
    store::insert(&scope, &Tenant::new(name, app.region.clone(), now), &standing).await?;
    let version = standing.version;
    Ok(Reply::created(&PlatformTenantView::of(id.as_str(), standing))?
        .located_at(format!("/v1/platform/tenants/{id}"))
        .versioned(version))
}

//! `POST /v1/platform/tenants`

use std::collections::BTreeSet;

use kernel::{
    Action, Caller, ClaimedTenant, Failure, Faults, Module, Provenance, Role, SignInAddress, UserId,
    UserRecord,
};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;
use table::{Roster, TenantStanding};
use tenancy::TenantScope;

use super::{store, view::PlatformTenantView};
use crate::{
    app::{InvitationApp, PlatformApp},
    name::parse_name,
    tenant::Tenant,
    user::User,
    users::{
        input,
        mail::invitation_mail,
        password::temporary_password,
        pool::address_in_use,
        store::{Refusal, UserStore},
    },
};

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
    #[serde(default)]
    admin: Option<AdminInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdminInput {
    email: String,
    name: String,
}

/// Who is to run a new tenant.
struct FirstAdmin {
    address: SignInAddress,
    name: String,
}

impl AdminInput {
    /// `None` where a fault was noted.
    fn parse(self, faults: &mut Faults) -> Option<FirstAdmin> {
        let address = input::address_at("admin.email", &self.email, faults);
        let name = input::name_at("admin.name", &self.name, faults);
        address.map(|address| FirstAdmin { address, name })
    }
}

/// Makes a tenant with its keys and invites its first admin. Without one it has no users, and who may come in first is provisioned
/// with the operators' tool.
pub async fn handle(platform: &PlatformApp, _caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: TenantInput = request.body()?;
    let mut faults = Faults::default();
    let name = parse_name(&input.name, &mut faults);
    let admin = input.admin.and_then(|admin| admin.parse(&mut faults));
    faults.into_result()?;
    let inviting = &platform.inviting;
    // Asked before anything is made: no tenant is left behind where its admin cannot come in.
    if let Some(admin) = &admin
        && inviting.pool.knows(&admin.address).await?
    {
        return Err(address_in_use());
    }

    let ambient = &*inviting.app.ambient;
    let now = ambient.now();
    #[expect(clippy::disallowed_methods, reason = "an operator makes it, under a name that is new")]
    let id = ClaimedTenant::generate(ambient).vouch(Provenance::Operator);
    let mut standing = TenantStanding::new(name.clone(), now);
    standing.modules = input.modules;
    standing.user_limit = input.user_limit;
    standing.mfa_required = input.mfa_required;
    let scope = inviting.app.data.open(&id).await;
    store::insert(&scope, &Tenant::new(name, platform.region.clone(), now), &standing).await?;
    if let Some(admin) = admin {
        invite(inviting, &scope, &standing, admin).await?;
    }
    let version = standing.version;
    Ok(Reply::created(&PlatformTenantView::of(id.as_str(), standing))?
        .located_at(format!("/v1/platform/tenants/{id}"))
        .versioned(version))
}

/// Nobody is there yet, so nobody else can have moved the membership; and the first admin comes in whatever the limit.
async fn invite(
    inviting: &InvitationApp,
    scope: &TenantScope,
    standing: &TenantStanding,
    admin: FirstAdmin,
) -> Result<(), Failure> {
    let ambient = &*inviting.app.ambient;
    let password = temporary_password(ambient);
    let in_pool = inviting.pool.create(scope.table.tenant(), &admin.address, &password).await?;
    let record = UserRecord::new(admin.name, admin.address.as_str().to_owned(), None);
    let id = UserId::generate(ambient);
    let user = User::invited(id, in_pool.sub, Role::Admin, record, ambient.now());
    match UserStore::open(scope).await?.insert(&user, &Roster::default(), ambient).await {
        Ok(()) => {}
        Err(Refusal::Failed(failure)) => return Err(failure),
        Err(Refusal::Overtaken) => return Err(Failure::internal("a new tenant has a membership")),
    }
    let (to, name) = (&user.record.email, &user.record.name);
    inviting.mail.send(to, invitation_mail(to, name, &standing.name, &password)).await
}

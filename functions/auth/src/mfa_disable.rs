//! `DELETE /v1/auth/mfa`

use kernel::{Action, Caller, ClaimedTenant, Failure};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;
use tenancy::TenantScope;

use crate::{
    mfa_app::{MfaApp, Proven},
    mfa_code::MfaCode,
    mfa_factor::prefer_totp,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("auth-mfa-disable", Method::DELETE, "/v1/auth/mfa", Action::KeepOwnAccount);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
    password: String,
    code: String,
}

const NOT_ENROLLED: Failure =
    Failure::Conflict { code: "mfa_not_enrolled", detail: "there is no second factor to take away" };

const REQUIRED: Failure =
    Failure::Conflict { code: "mfa_required", detail: "the tenant demands a second factor of everybody" };

/// Takes the second factor away, for somebody who has both: neither an open browser nor a stolen password is enough. Not
/// where the tenant demands one.
pub async fn handle(app: &MfaApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let input: Removal = request.body()?;
    let code = MfaCode::parse(input.code)?;
    let scope = app.data.open(&caller.tenant).await;
    if demanded(&scope, &caller).await? {
        return Err(REQUIRED);
    }
    let account = app.account(&scope, &caller).await?;
    let counted = app.admit(&request).await?;
    let Proven::CodeWanted(session) = app.prove(&account, &input.password).await? else {
        return Err(NOT_ENROLLED);
    };
    let token = app.prove_code(&account, session, &code).await?;
    app.forgive(counted).await?;
    scope.table.identities().forget_factor(&caller.tenant, &account.sub).await?;
    prefer_totp(&app.pool, &token, false).await?;
    Ok(Reply::no_content())
}

/// Whether the tenant's rule says that nobody goes without.
async fn demanded(scope: &TenantScope, caller: &Caller) -> Result<bool, Failure> {
    let claim = ClaimedTenant::parse(caller.tenant.as_str());
    let claim = claim.ok_or_else(|| Failure::internal("the tenant's id does not parse"))?;
    let standing = scope.table.identities().tenant(&claim).await?;
    Ok(standing.is_some_and(|standing| standing.mfa_required))
}

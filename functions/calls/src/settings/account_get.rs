//! `GET /v1/tenant/telephony`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use super::account_view::AccountView;
use crate::{app::App, telephony::TelephonyStore};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("telephony-get", Method::GET, "/v1/tenant/telephony", Action::ReadTenantSettings);

/// The tenant's account at the telephony provider, without its secrets.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    let account = TelephonyStore::open(&scope).await?.account().await?;
    let account = account.ok_or(Failure::NotFound("telephony account"))?;
    let version = account.version;
    Ok(Reply::ok(&AccountView::of(account, &app.public_url, &caller.tenant))?.versioned(version))
}

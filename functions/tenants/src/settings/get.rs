//! `GET /v1/tenant`

use kernel::{Action, Caller, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{store::SettingsStore, view::SettingsView};
use crate::app::App;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("tenant-get", Method::GET, "/v1/tenant", Action::ReadTenantSettings);

/// The caller's tenant.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    let settings = SettingsStore::open(&scope).read().await?;
    let version = settings.tenant.version;
    Ok(Reply::ok(&SettingsView::of(&caller.tenant, settings))?.versioned(version))
}

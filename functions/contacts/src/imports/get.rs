//! `GET /v1/imports/{import_id}`

use std::time::Duration;

use kernel::{Action, Caller, Failure, ImportId, Role, UtcTime};
use lambda::{Method, Reply, Request, RouteSpec};
use objects::TenantObjects;
use tenancy::TenantScope;

use super::{
    app::ImportsApp,
    import::Import,
    store,
    view::{Address, ImportView},
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("imports-get", Method::GET, "/v1/imports/{import_id}", Action::WriteContacts);

/// As long as an address of the report serves; reading the import again gives another.
const DOWNLOAD_SECONDS: u32 = 300;

pub async fn handle(app: &ImportsApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("import_id", "import", ImportId::parse)?;
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    let import = seen_by(&caller, &scope, &id).await?;
    let report = report_of(&import, &app.files(&scope)?, app.ambient.now()).await?;
    let version = import.version;
    Ok(Reply::ok(&ImportView::of(import, None, report))?.versioned(version))
}

/// An import is its importer's, and the admins' to see; [`Failure::NotFound`] for everybody else.
pub(super) async fn seen_by(caller: &Caller, scope: &TenantScope, id: &ImportId) -> Result<Import, Failure> {
    let import = store::find(scope, id).await?;
    let seen = import.filter(|import| import.user == caller.user || caller.role == Role::Admin);
    seen.ok_or(Failure::NotFound("import"))
}

async fn report_of(import: &Import, files: &TenantObjects, now: UtcTime) -> Result<Option<Address>, Failure> {
    let Some(until) = import.report_until(now) else { return Ok(None) };
    let lifetime = Duration::from_secs(DOWNLOAD_SECONDS.into());
    let file = ("import-report.csv", "text/csv; charset=utf-8");
    let url = files.download_url(&import.report(), file, lifetime).await?;
    Ok(Some((url, now.plus_seconds(DOWNLOAD_SECONDS.into()).min(until))))
}

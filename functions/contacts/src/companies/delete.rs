//! `DELETE /v1/companies/{company_id}`

use kernel::{Action, Caller, CompanyId, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{Company, store::CompanyStore};
use crate::app::App;

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "companies-delete",
    Method::DELETE,
    "/v1/companies/{company_id}",
    Action::WriteContacts,
);

/// Removes a company. Its contacts keep what it was called, as text.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("company_id", "company", CompanyId::parse)?;
    let version = request.if_match()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = CompanyStore::open(&scope).await?;
    let company = store.find(&id).await?.ok_or(Failure::NotFound("company"))?;
    if company.version != version {
        return Err(Failure::Stale);
    }
    store.remove(&Company { updated_at: app.ambient.now(), ..company }).await?;
    Ok(Reply::no_content())
}

//! `GET /v1/companies/{company_id}`

use kernel::{Action, Caller, CompanyId, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{store::CompanyStore, view::CompanyView};
use crate::app::App;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("companies-get", Method::GET, "/v1/companies/{company_id}", Action::ReadContacts);

pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("company_id", "company", CompanyId::parse)?;
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    let company = CompanyStore::open(&scope).await?.find(&id).await?.ok_or(Failure::NotFound("company"))?;
    let version = company.version;
    Ok(Reply::ok(&CompanyView::from(company))?.versioned(version))
}

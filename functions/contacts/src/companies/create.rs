//! `POST /v1/companies`

use kernel::{Action, Caller, CompanyId, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{
    company::{Company, CompanyChange},
    store::CompanyStore,
    view::CompanyView,
};
use crate::app::App;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("companies-create", Method::POST, "/v1/companies", Action::WriteContacts);

pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let change: CompanyChange = request.body()?;
    let now = app.ambient.now();
    let id = CompanyId::with_suffix(&request.suffix(&*app.ambient));
    let company = change.apply(&Company::blank(id.clone(), now))?.next_version(now);
    let scope = app.data.open(&caller.tenant).await;
    let store = CompanyStore::open(&scope).await?;
    let company = match store.insert(&company).await {
        Ok(()) => company,
        // The same request got so far before.
        Err(Failure::Stale) => store.find(&id).await?.ok_or(Failure::Stale)?,
        Err(failure) => return Err(failure),
    };
    let version = company.version;
    Ok(Reply::created(&CompanyView::from(company))?
        .located_at(format!("/v1/companies/{id}"))
        .versioned(version))
}

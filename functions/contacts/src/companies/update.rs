//! `PATCH /v1/companies/{company_id}`

use kernel::{Action, Caller, CompanyId, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{company::CompanyChange, store::CompanyStore, view::CompanyView};
use crate::app::App;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("companies-update", Method::PATCH, "/v1/companies/{company_id}", Action::WriteContacts);

/// Changes a company by a merge patch. Its contacts show a new name at once.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("company_id", "company", CompanyId::parse)?;
    let version = request.if_match()?;
    let change: CompanyChange = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = CompanyStore::open(&scope).await?;
    let before = store.find(&id).await?.ok_or(Failure::NotFound("company"))?;
    if before.version != version {
        return Err(Failure::Stale);
    }
    let mut next = change.apply(&before)?;
    if next != before {
        store.refuse_circle(&next).await?;
        next = next.next_version(app.ambient.now());
        store.replace(&before, &next).await?;
    }
    let version = next.version;
    Ok(Reply::ok(&CompanyView::from(next))?.versioned(version))
}

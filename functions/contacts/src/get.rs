//! `GET /v1/contacts/{contact_id}`

use kernel::{Action, Caller, ContactId, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{
    app::App,
    companies::{link, store::CompanyStore},
    store::ContactStore,
    view::ContactView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("contacts-get", Method::GET, "/v1/contacts/{contact_id}", Action::ReadContacts);

/// One contact, as it stands now.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("contact_id", "contact", ContactId::parse)?;
    request.query(&[])?;
    let scope = app.data.open(&caller.tenant).await;
    let store = ContactStore::open(&scope).await?;
    let (contact, last_touched_at) = tokio::try_join!(store.find(&id), store.last_touched_at(&id))?;
    let contact = store.seen_by(&caller, contact).await?;
    let contact = link::up_to_date(&CompanyStore::open(&scope).await?, contact).await?;
    let version = contact.version;
    Ok(Reply::ok(&ContactView::of(contact, last_touched_at))?.versioned(version))
}

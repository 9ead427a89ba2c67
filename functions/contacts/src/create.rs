//! `POST /v1/contacts`

use kernel::{Action, Caller, ContactId, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{
    app::App,
    companies::{link, store::CompanyStore},
    contact::{Contact, ContactChange},
    store::ContactStore,
    view::ContactView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("contacts-create", Method::POST, "/v1/contacts", Action::WriteContacts);

/// Creates a contact, owned by the caller unless the body names somebody else.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let change: ContactChange = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = ContactStore::open(&scope).await?;
    let surroundings = store.surroundings().await?;
    let (id, now) = (ContactId::with_suffix(&request.suffix(&*app.ambient)), app.ambient.now());
    let blank = Contact::blank(id, &caller, surroundings.defaults.visibility, now);
    let contact = change.apply(&blank, &surroundings, now)?.next_version(now);
    let contact = link::of_new(&CompanyStore::open(&scope).await?, contact).await?;
    let contact = match store.insert(&contact, &caller.user).await {
        Ok(()) => contact,
        // The same request got so far before.
        Err(Failure::Stale) => store.find(&contact.id).await?.ok_or(Failure::Stale)?,
        Err(failure) => return Err(failure),
    };
    let (id, version) = (contact.id.clone(), contact.version);
    Ok(Reply::created(&ContactView::of(contact, None))?
        .located_at(format!("/v1/contacts/{id}"))
        .versioned(version))
}

//! `POST /v1/contacts`

use kernel::{Action, Caller, ContactId, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{
    app::App,
    contact::{Contact, ContactInput},
    store::ContactStore,
    view::ContactView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("contacts-create", Method::POST, "/v1/contacts", Action::WriteContacts);

/// Creates a contact, owned by the caller.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let details = request.body::<ContactInput>()?.parse()?;
    let contact = Contact::create(ContactId::generate(&*app.ambient), details, &caller, app.ambient.now());
    let scope = app.data.open(&caller.tenant).await;
    ContactStore::open(&scope).await?.insert(&contact).await?;
    let (id, version) = (contact.id.clone(), contact.version);
    Ok(Reply::created(&ContactView::of(contact, None))?
        .located_at(format!("/v1/contacts/{id}"))
        .versioned(version))
}

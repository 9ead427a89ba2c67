//! `DELETE /v1/contacts/{contact_id}`

use kernel::{Action, Caller, ContactId, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{app::App, store::ContactStore};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("contacts-delete", Method::DELETE, "/v1/contacts/{contact_id}", Action::WriteContacts);

/// Puts a contact away: nothing finds it any more, nor its calls and its timeline, until it is restored.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("contact_id", "contact", ContactId::parse)?;
    let version = request.if_match()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = ContactStore::open(&scope).await?;
    let contact = store.seen_by(&caller, store.find(&id).await?).await?;
    if contact.version != version {
        return Err(Failure::Stale);
    }
    store.remove(&contact.next_version(app.ambient.now()), version).await?;
    Ok(Reply::no_content())
}

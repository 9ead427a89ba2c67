//! `PATCH /v1/contacts/{contact_id}`

use kernel::{Action, Caller, ContactId, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{
    app::App,
    companies::{link, store::CompanyStore},
    contact::{ContactChange, history::By},
    store::{ContactStore, ForChange},
    view::ContactView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("contacts-update", Method::PATCH, "/v1/contacts/{contact_id}", Action::WriteContacts);

/// Changes a contact by a merge patch. What changes nothing makes no version.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("contact_id", "contact", ContactId::parse)?;
    let version = request.if_match()?;
    let change: ContactChange = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = ContactStore::open(&scope).await?;
    let found = store.find_for_change(&id).await?;
    let ForChange { contact, last_touched_at, surroundings } = found.ok_or(Failure::NotFound("contact"))?;
    let contact = store.seen_by(&caller, Some(contact)).await?;
    if contact.version != version {
        return Err(Failure::Stale);
    }
    let now = app.ambient.now();
    let companies = CompanyStore::open(&scope).await?;
    // So that the change is of what the caller has seen.
    let contact = link::up_to_date(&companies, contact).await?;
    let mut next =
        link::of_changed(&companies, &contact, change.apply(&contact, &surroundings, now)?).await?;
    if next != contact {
        next = next.next_version(now);
        store.replace(&contact, &next, Some(By::user(&caller.user, &*app.ambient))).await?;
    }
    let version = next.version;
    Ok(Reply::ok(&ContactView::of(next, last_touched_at))?.versioned(version))
}

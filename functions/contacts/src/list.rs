//! `GET /v1/contacts`

use kernel::{Action, Caller, Failure, Page};
use lambda::{Method, Reply, Request, RouteSpec};
use vault::CursorBinding;

use crate::{app::App, store::ContactStore, view::ContactView};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("contacts-list", Method::GET, "/v1/contacts", Action::ReadContacts);

const CURSOR: CursorBinding<'static> = CursorBinding { route: "contacts-list", filter: "" };

/// The tenant's contacts that the caller may see, newest first, strongly consistent.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let query = request.query(&["limit", "cursor"])?;
    let limit = query.limit()?;
    let scope = app.data.open(&caller.tenant).await;
    let vault = scope.vault().await?;
    let after = query.get("cursor").map(|cursor| vault.read_cursor(CURSOR, cursor)).transpose()?;
    let page = ContactStore::open(&scope).await?.page(limit, after).await?;
    let next_cursor = page.last.map(|position| vault.write_cursor(CURSOR, &position)).transpose()?;
    let accesses = page.contacts.iter().map(|(contact, _)| &contact.access);
    let visible = scope.table.visible(&caller, accesses).await?;
    let visible = page.contacts.into_iter().filter(|(contact, _)| visible.sees(&contact.access));
    let items = visible.map(|(contact, last_touched_at)| ContactView::of(contact, last_touched_at)).collect();
    Reply::ok(&Page { items, next_cursor })
}

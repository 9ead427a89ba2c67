//! `GET /v1/contacts`

use kernel::{Action, Caller, Failure, Page};
use lambda::{Method, Reply, Request, RouteSpec};
use table::Position;
use vault::CursorBinding;

use crate::{
    app::App,
    companies::{link, store::CompanyStore},
    listing::{Listing, PARAMETERS},
    store::ContactStore,
    view::ContactView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("contacts-list", Method::GET, "/v1/contacts", Action::ReadContacts);

/// Stretches that are read for one page, at most, where most of what they hold is not the caller's to see. The page is shorter
/// then than it was asked to be, and goes on at its cursor.
const STRETCHES: usize = 4;

/// The tenant's contacts that the caller may see, by default newest first and strongly consistent.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let known: Vec<_> = PARAMETERS.into_iter().chain(["cursor"]).collect();
    let query = request.query(&known)?;
    let limit = query.limit()?;
    let listing = Listing::parse(&query)?;
    let filter = listing.fingerprint();
    let binding = CursorBinding { route: "contacts-list", filter: &filter };
    let scope = app.data.open(&caller.tenant).await;
    let vault = scope.vault().await?;
    let cursor = query.get("cursor").map(|cursor| vault.read_cursor(binding, cursor)).transpose()?;
    let store = ContactStore::open(&scope).await?;

    let renamed = CompanyStore::open(&scope).await?.renamed().await?;
    let mut stretch = listing.stretch(scope.table.keys(), limit.get());
    stretch.after = cursor.map(|text| Position(text.split('\n').map(str::to_owned).collect()));
    let wanted = usize::from(limit.get());
    let mut items = Vec::with_capacity(wanted);
    for _ in 0..STRETCHES {
        stretch.limit = u8::try_from(wanted - items.len()).unwrap_or(limit.get());
        let page = store.page(&stretch, listing.rows()).await?;
        stretch.after = page.last;
        let accesses = page.contacts.iter().map(|(contact, _)| &contact.access);
        let visible = scope.table.visible(&caller, accesses).await?;
        let visible = page.contacts.into_iter().filter(|(contact, _)| visible.sees(&contact.access));
        items.extend(visible.map(|(contact, touched_at)| {
            let renaming = contact.details.company_id.as_ref().and_then(|id| renamed.get(id));
            let contact = match renaming {
                Some(renaming) => link::called(contact, renaming),
                None => contact,
            };
            ContactView::of(contact, touched_at)
        }));
        if items.len() >= wanted || stretch.after.is_none() {
            break;
        }
    }
    let last = stretch.after.map(|position| position.0.join("\n"));
    let next_cursor = last.map(|position| vault.write_cursor(binding, &position)).transpose()?;
    Reply::ok(&Page { items, next_cursor })
}

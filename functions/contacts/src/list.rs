//! `GET /v1/contacts`

use kernel::{Action, Caller, Failure, Limit, Page, UtcTime};
use lambda::{Environment, Method, Reply, Request, RouteSpec};
use tenancy::DataRole;
use vault::CursorBinding;

use crate::{
    companies::{RenamedCache, link},
    contact::Contact,
    listing::{Listing, PARAMETERS, Source},
    search::SearchApp,
    view::ContactView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("contacts-list", Method::GET, "/v1/contacts", Action::ReadContacts);

/// What listing is built from.
pub struct ListApp {
    data: DataRole,
    search: SearchApp,
    renamed: RenamedCache,
}

/// A page, as it was asked for.
struct Asked<'a> {
    caller: &'a Caller,
    listing: &'a Listing,
    /// The position in an opened cursor.
    after: Option<String>,
    limit: Limit,
}

impl Asked<'_> {
    fn wanted(&self) -> usize {
        usize::from(self.limit.get())
    }
}

/// Contacts with when they were last touched, and where the next page goes on.
struct Found {
    contacts: Vec<(Contact, Option<UtcTime>)>,
    next: Option<String>,
}

impl ListApp {
    /// Needs `SEARCH_ROLE_ARN`, and what the search needs, beside what every function of a tenant has.
    pub async fn from_environment() -> Self {
        let data = Environment::data_role().await;
        let searching = DataRole::new(data.installation().clone(), Environment::required("SEARCH_ROLE_ARN"));
        Self { data, search: SearchApp::under(searching).await, renamed: RenamedCache::default() }
    }
}

/// The tenant's contacts that the caller may see, by default newest first and strongly consistent.
pub async fn handle(app: &ListApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let known: Vec<_> = PARAMETERS.into_iter().chain(["cursor"]).collect();
    let query = request.query(&known)?;
    let limit = query.limit()?;
    let listing = Listing::parse(&query)?;
    let fingerprint = listing.fingerprint();
    let binding = CursorBinding { route: "contacts-list", filter: &fingerprint };
    let scope = app.data.open(&caller.tenant).await;
    let vault = scope.vault().await?;
    let after = query.get("cursor").map(|cursor| vault.read_cursor(binding, cursor)).transpose()?;

    let asked = Asked { caller: &caller, listing: &listing, after, limit };
    let found = match listing.source() {
        Source::Table => stretches::in_order(&scope, asked).await?,
        Source::Touches(filter) => {
            let selection = memory::select(&app.search, &caller, &filter).await?;
            stretches::touched(&scope, asked, &selection).await?
        }
        Source::Search(filter, order) => memory::filtered(&app.search, asked, &filter, order).await?,
    };
    let renamed = app.renamed.of(&scope).await?;
    let contacts = found.contacts.into_iter();
    let items =
        contacts.map(|(contact, touched)| ContactView::of(link::as_renamed(contact, &renamed), touched));
    let items = items.collect();
    let next_cursor = found.next.map(|position| vault.write_cursor(binding, &position)).transpose()?;
    Reply::ok(&Page { items, next_cursor })
}

mod memory;
mod stretches;

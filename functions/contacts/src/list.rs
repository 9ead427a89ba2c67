//! `GET /v1/contacts`

mod memory;
mod stretches;

use kernel::{Action, Caller, Failure, Limit, Page, UtcTime};
use lambda::{Environment, Method, Reply, Request, RouteSpec};
use search::Filter;
use tenancy::{DataRole, TenantScope};
use vault::CursorBinding;

use self::stretches::Reach;
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

    /// Those of some contacts that belong on the page. Their rows have the last word on whose they are and who sees them: what led to
    /// the rows may be further behind.
    async fn admitted(
        &self,
        scope: &TenantScope,
        mut contacts: Vec<(Contact, Option<UtcTime>)>,
    ) -> Result<Vec<(Contact, Option<UtcTime>)>, Failure> {
        let accesses = contacts.iter().map(|(contact, _)| &contact.access);
        let visible = scope.table.visible(self.caller, accesses).await?;
        contacts
            .retain(|(Contact { access, .. }, _)| visible.sees(access) && self.listing.is_of(&access.owner));
        Ok(contacts)
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
            stretches::selected(&scope, asked, &selection, &Reach::default()).await?
        }
        Source::Search(filter, order) => {
            let among = stretches::few_touched(&scope, &listing).await?;
            memory::filtered(&app.search, asked, &Filter { among, ..filter }, order).await?
        }
    };
    let renamed = app.renamed.of(&scope).await?;
    let contacts = found.contacts.into_iter();
    let items =
        contacts.map(|(contact, touched)| ContactView::of(link::as_renamed(contact, &renamed), touched));
    let items = items.collect();
    let next_cursor = found.next.map(|position| vault.write_cursor(binding, &position)).transpose()?;
    Reply::ok(&Page { items, next_cursor })
}

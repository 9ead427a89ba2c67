//! `GET /v1/contacts`

use kernel::{Action, Caller, ContactId, Failure, Limit, Page, UtcTime};
use lambda::{Environment, Method, Reply, Request, RouteSpec};
use search::Filter;
use table::Position;
use tenancy::{DataRole, TenantScope};
use vault::CursorBinding;

use crate::{
    companies::{RenamedCache, link},
    contact::Contact,
    listing::{Listing, PARAMETERS},
    search::{SearchApp, access_of, find_all},
    store::ContactStore,
    view::ContactView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("contacts-list", Method::GET, "/v1/contacts", Action::ReadContacts);

/// Stretches that are read for one page, at most, where most of what they hold is not the caller's to see. The page is shorter
/// then than it was asked to be, and goes on at its cursor.
const STRETCHES: usize = 4;

/// What listing is built from.
pub struct ListApp {
    data: DataRole,
    search: SearchApp,
    renamed: RenamedCache,
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

    let found = match listing.filter() {
        Some((filter, order)) => {
            let after = after.as_deref().map(place_of).transpose()?;
            filtered(&app.search, &caller, &filter, order, after, limit).await?
        }
        None => in_order(&scope, &caller, &listing, after, limit).await?,
    };
    let renamed = app.renamed.of(&scope).await?;
    let contacts = found.contacts.into_iter();
    let items =
        contacts.map(|(contact, touched)| ContactView::of(link::as_renamed(contact, &renamed), touched));
    let items = items.collect();
    let next_cursor = found.next.map(|position| vault.write_cursor(binding, &position)).transpose()?;
    Reply::ok(&Page { items, next_cursor })
}

/// A stretch of the table.
async fn in_order(
    scope: &TenantScope,
    caller: &Caller,
    listing: &Listing,
    after: Option<String>,
    limit: Limit,
) -> Result<Found, Failure> {
    let store = ContactStore::open(scope).await?;
    let mut stretch = listing.stretch(scope.table.keys(), limit.get());
    stretch.after = after.map(|text| Position(text.split('\n').map(str::to_owned).collect()));
    let wanted = usize::from(limit.get());
    let mut contacts = Vec::with_capacity(wanted);
    for _ in 0..STRETCHES {
        stretch.limit = u8::try_from(wanted - contacts.len()).unwrap_or(limit.get());
        let page = store.page(&stretch, listing.rows()).await?;
        stretch.after = page.last;
        let accesses = page.contacts.iter().map(|(contact, _)| &contact.access);
        let visible = scope.table.visible(caller, accesses).await?;
        contacts.extend(page.contacts.into_iter().filter(|(contact, _)| visible.sees(&contact.access)));
        if contacts.len() >= wanted || stretch.after.is_none() {
            break;
        }
    }
    Ok(Found { contacts, next: stretch.after.map(|position| position.0.join("\n")) })
}

/// From the memory of the search, which is as it is committed. The contacts have the last word on who sees them.
async fn filtered(
    app: &SearchApp,
    caller: &Caller,
    filter: &Filter,
    order: search::Order,
    after: Option<(i64, ContactId)>,
    limit: Limit,
) -> Result<Found, Failure> {
    let scope = app.data().open(&caller.tenant).await;
    let wanted = usize::from(limit.get());
    let listed = app
        .with_index(&scope, caller, |index, visible| {
            let after = after.as_ref().map(|(at, id)| (*at, id));
            index.list(filter, order, after, wanted, |facts| visible.sees(&access_of(facts)))
        })
        .await?;
    let next = listed.last().filter(|_| listed.len() == wanted);
    let next = next.map(|last| format!("{}\n{}", last.at, last.id));
    let ids: Vec<_> = listed.into_iter().map(|listed| listed.id).collect();
    let mut contacts = find_all(&ContactStore::open(&scope).await?, &ids).await?;
    let visible = scope.table.visible(caller, contacts.iter().map(|(contact, _)| &contact.access)).await?;
    contacts.retain(|(contact, _)| visible.sees(&contact.access));
    Ok(Found { contacts, next })
}

/// What [`filtered`] wrote into a cursor.
fn place_of(text: &str) -> Result<(i64, ContactId), Failure> {
    let place = text.split_once('\n').and_then(|(at, id)| Some((at.parse().ok()?, ContactId::parse(id)?)));
    place.ok_or_else(|| Failure::internal("a sealed cursor does not read as it was written"))
}

#[cfg(test)]
mod tests {
    use kernel::{Ambient, Role, TeamIds, UserId, access::Visibility};
    use testkit::TestInstallation;

    use super::*;

    #[tokio::test]
    async fn what_others_keep_to_themselves_leaves_a_page_thin_and_not_at_its_end() {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let ambient = &*installation.ambient;
        let rep = || Caller {
            tenant: scope.table.tenant().clone(),
            user: UserId::generate(ambient),
            role: Role::Rep,
            teams: TeamIds::default(),
        };
        let (caller, colleague) = (rep(), rep());
        let store = ContactStore::open(&scope).await.unwrap();
        let add = async |owner: &Caller| {
            ambient.advance_seconds(1);
            let now = ambient.now();
            let blank = Contact::blank(ContactId::generate(ambient), owner, Visibility::Owner, now);
            let contact = blank.next_version(now);
            store.insert(&contact, &owner.user).await.unwrap();
            contact.id
        };
        let own = add(&caller).await;
        for _ in 0..9 {
            add(&colleague).await;
        }
        let limit = Limit::parse("2").unwrap();
        let listing = Listing::parse(&lambda::Query::default()).unwrap();
        let first = in_order(&scope, &caller, &listing, None, limit).await.unwrap();
        assert!(first.contacts.is_empty());
        let second = in_order(&scope, &caller, &listing, first.next, limit).await.unwrap();
        let seen: Vec<_> = second.contacts.into_iter().map(|(contact, _)| contact.id).collect();
        assert_eq!((seen, second.next), (vec![own], None));
    }
}

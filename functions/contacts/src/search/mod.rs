//! `POST /v1/contacts/search`, and what keeps it up to date.
//!
//! `log.rs` is for whoever writes contacts: its rows belong into their transactions. [`SearchApp::with_index`] also serves the lists
//! that no partition of the table has in order: it gives the same memory that is searched, up to date.

pub mod compact;
pub(crate) mod document;
mod held;
pub(crate) mod log;
mod manifest;
mod purge;
mod shards;

use std::{collections::HashMap, sync::Arc};

use kernel::{Action, Ambient, Caller, Failure, TenantId, access::ContactAccess};
use lambda::{Environment, Method, Quota, Reply, Request, RouteSpec};
use objects::{Objects, TenantObjects};
use outbox::{Queue, SearchChanged};
use search::{Facts, Index, Query, QueryError};
use serde::{Deserialize, Serialize};
use table::{ItemReader, RecordKind, Visible, tenant_of_partition};
use tenancy::{DataRole, TenantScope};

use self::{
    document::{Highlight, highlights},
    held::{Held, RefreshError, refresh},
};
use crate::{
    companies::{RenamedCache, link},
    contact::Contact,
    store::ContactStore,
    view::ContactView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("contacts-search", Method::POST, "/v1/contacts/search", Action::ReadContacts);

const DEFAULT_LIMIT: u8 = 20;
const MAX_LIMIT: u8 = 50;
/// Of the function's memory, what tenants' contacts may take; the rest is for what a search needs beside.
const ROOM_BYTES: usize = 600_000_000;
/// Changes over the shards from which on a search asks for them to be written into shards.
const MANY_CHANGES: usize = 200;

/// What the route is built from.
pub struct SearchRoute {
    app: SearchApp,
    quota: Quota,
}

/// What searching is built from.
pub struct SearchApp {
    data: DataRole,
    bucket: String,
    queue: Queue,
    held: Held,
    renamed: RenamedCache,
    ambient: Arc<dyn Ambient>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SearchInput {
    q: String,
    limit: Option<u8>,
}

#[derive(Serialize)]
struct SearchView {
    items: Vec<FoundView>,
}

#[derive(Serialize)]
struct FoundView {
    contact: ContactView,
    highlights: Vec<Highlight>,
}

/// The contacts that answer the query best among those that the caller may see, as they stand now, best first.
pub async fn handle(route: &SearchRoute, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let SearchRoute { app, quota } = route;
    request.query(&[])?;
    let SearchInput { q, limit } = request.body()?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Failure::field("limit", "out_of_range", format!("From 1 to {MAX_LIMIT}.")));
    }
    let query = Query::parse(&q).map_err(refused)?;
    if query.is_empty() {
        return Reply::ok(&SearchView { items: Vec::new() });
    }
    let scope = app.data.open(&caller.tenant).await;
    let left = quota.take(&scope.table, &caller.user, app.ambient.now()).await?;
    let hits = app
        .with_index(&scope, &caller, |index, visible| {
            index.search(&query, limit.into(), |facts| visible.sees(&access_of(facts)))
        })
        .await?;
    let ids: Vec<_> = hits.into_iter().map(|hit| hit.id).collect();
    let found = find_all(&ContactStore::open(&scope).await?, &ids).await?;
    // The contacts have the last word: what the search knows of them may be a moment behind.
    let accesses = found.iter().map(|(contact, _)| &contact.access);
    let visible = scope.table.visible(&caller, accesses).await?;
    let renamed = app.renamed.of(&scope).await?;
    let items = found
        .into_iter()
        .filter(|(contact, _)| visible.sees(&contact.access))
        .map(|(contact, last_touched_at)| (link::as_renamed(contact, &renamed), last_touched_at))
        .map(|(contact, last_touched_at)| FoundView {
            highlights: highlights(&query, &contact),
            contact: ContactView::of(contact, last_touched_at),
        })
        .collect();
    Ok(Reply::ok(&SearchView { items })?.with_quota(left))
}

fn refused(error: QueryError) -> Failure {
    match error {
        QueryError::TooLong => {
            Failure::field("q", "too_long", format!("At most {} characters.", search::MAX_QUERY))
        }
        QueryError::ControlCharacter => {
            Failure::field("q", "control_character", "Control characters are not allowed.")
        }
    }
}

/// What decides who may see a contact, as the search knows it.
pub(crate) fn access_of(facts: Facts<'_>) -> ContactAccess {
    ContactAccess { owner: facts.owner.clone(), visibility: facts.visibility }
}

/// Contacts as they stand, with when they were last touched, in the order of `ids`; those that are gone are left out.
pub(crate) async fn find_all(
    store: &ContactStore<'_>,
    ids: &[kernel::ContactId],
) -> Result<Vec<(Contact, Option<kernel::UtcTime>)>, Failure> {
    let keys = store.scope.table.keys();
    let wanted: Vec<_> = ids.iter().flat_map(|id| [keys.contact(id), keys.touch(id)]).collect();
    let (mut contacts, mut touches) = (HashMap::new(), HashMap::new());
    for item in store.scope.table.get_many(&wanted).await? {
        let reader = ItemReader::new(&item);
        let id = reader.parsed("sk", kernel::ContactId::parse)?;
        if tenant_of_partition(reader.partition()?).is_some_and(|key| key.kind == RecordKind::Touch) {
            touches.insert(id, reader.optional_time("last_touched_at")?);
        } else if reader.optional_text("deleted_at").is_none() {
            contacts.extend(store.read_among_others(&item)?.map(|contact| (id, contact)));
        }
    }
    let found = ids.iter().filter_map(|id| Some((contacts.remove(id)?, touches.get(id).copied().flatten())));
    Ok(found.collect())
}

impl SearchRoute {
    /// Needs `SEARCHES_PER_MINUTE` beside what [`SearchApp::under`] does.
    pub async fn from_environment() -> Self {
        let quota = Quota::from_environment("search", "SEARCHES_PER_MINUTE");
        Self { app: SearchApp::under(Environment::data_role().await).await, quota }
    }
}

impl SearchApp {
    /// Under a role that may search. Needs `OBJECTS_BUCKET` and `SEARCH_QUEUE_URL` beside what every function of a tenant has.
    pub(crate) async fn under(data: DataRole) -> Self {
        Self {
            ambient: data.installation().ambient.clone(),
            data,
            bucket: Environment::required("OBJECTS_BUCKET"),
            queue: Environment::queue("SEARCH_QUEUE_URL").await,
            held: Held::with_room(ROOM_BYTES),
            renamed: RenamedCache::default(),
        }
    }

    pub(crate) fn data(&self) -> &DataRole {
        &self.data
    }

    /// Works with all of the tenant's contacts in memory, as they are committed, and with which of them the caller may see.
    /// [`Failure::Unavailable`] while shards have to be made anew, which is asked for here.
    pub(crate) async fn with_index<T>(
        &self,
        scope: &TenantScope,
        caller: &Caller,
        work: impl FnOnce(&Index, &Visible<'_>) -> T,
    ) -> Result<T, Failure> {
        let tenant = scope.table.tenant();
        let vault = scope.vault().await?;
        let slot = self.held.index_of(tenant).await;
        let mut held = slot.lock().await;
        let (objects, now) = (objects_of(scope, &self.bucket)?, self.ambient.now());
        if let Err(error) = refresh(&mut held, scope, &vault, objects, now).await {
            return Err(self.unsearchable(tenant, error).await);
        }
        let held = held.as_ref().ok_or_else(|| Failure::internal("nothing was loaded"))?;
        self.held.note(tenant, held.index.heap_bytes()).await;
        if held.is_without_shards() {
            // Contacts from before there was a log are in no row of it.
            self.ask(&SearchChanged::rebuild(tenant, self.ambient.now())).await;
        } else if held.index.changes() >= MANY_CHANGES {
            let upto = held.known_upto.unwrap_or(now);
            self.ask(&SearchChanged::new(tenant, upto)).await;
        }
        let accesses = held.index.accesses();
        let visible = scope.table.visible(caller, &accesses).await?;
        Ok(work(&held.index, &visible))
    }

    async fn unsearchable(&self, tenant: &TenantId, error: RefreshError) -> Failure {
        match error {
            RefreshError::Failed(failure) => failure,
            RefreshError::Broken => {
                tracing::error!(tenant.id = tenant.as_str(), "a shard of the search is broken");
                self.ask(&SearchChanged::rebuild(tenant, self.ambient.now())).await;
                Failure::Unavailable("the search is being made anew".into())
            }
        }
    }

    /// A search does not fail because nobody could be asked to tidy up: the next one asks again.
    async fn ask(&self, message: &SearchChanged) {
        if let Err(error) = self.queue.send_all(std::slice::from_ref(message)).await {
            tracing::warn!(cause = %error, "the search's queue took no message");
        }
    }
}

/// The tenant's objects, under its own credentials.
pub(crate) fn objects_of(scope: &TenantScope, bucket: &str) -> Result<Arc<dyn Objects>, Failure> {
    let sdk = scope.sdk().ok_or_else(|| Failure::internal("the scope has no credentials"))?;
    Ok(Arc::new(TenantObjects::new(sdk, bucket, scope.table.tenant().clone())))
}

#[cfg(test)]
mod tests;

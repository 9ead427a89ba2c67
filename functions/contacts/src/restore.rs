//! `POST /v1/contacts/{contact_id}/restore`

use kernel::{Action, Ambient, Caller, ContactId, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{
    app::App,
    companies::{link, store::CompanyStore},
    contact::{Contact, history::By},
    store::ContactStore,
    view::ContactView,
};

pub const ROUTE: RouteSpec = RouteSpec::bearer(
    "contacts-restore",
    Method::POST,
    "/v1/contacts/{contact_id}/restore",
    Action::WriteContacts,
);

/// Brings a deleted contact back as it was. One that is there already is answered as it stands, so that asking twice does no
/// harm. Where its owner has left meanwhile, it becomes the caller's.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("contact_id", "contact", ContactId::parse)?;
    let scope = app.data.open(&caller.tenant).await;
    let store = ContactStore::open(&scope).await?;
    let companies = CompanyStore::open(&scope).await?;
    if let Some(deleted) = store.find_deleted(&id).await?
        && scope.table.sees(&caller, &deleted.access).await?
    {
        // It is searched by what it is written with.
        let deleted = link::up_to_date(&companies, deleted).await?;
        bring_back(&store, &deleted, &caller, &*app.ambient).await?;
    }
    let (contact, last_touched_at) = tokio::try_join!(store.find(&id), store.last_touched_at(&id))?;
    let contact = store.seen_by(&caller, contact).await?;
    let contact = link::up_to_date(&companies, contact).await?;
    let version = contact.version;
    Ok(Reply::ok(&ContactView::of(contact, last_touched_at))?.versioned(version))
}

async fn bring_back(
    store: &ContactStore<'_>,
    deleted: &Contact,
    caller: &Caller,
    ambient: &dyn Ambient,
) -> Result<(), Failure> {
    let by = || By::user(&caller.user, ambient);
    let mut restored = deleted.clone().next_version(ambient.now());
    let mut outcome = store.restore(&restored, deleted.version, by()).await;
    if matches!(outcome, Err(Failure::Invalid(_))) {
        restored.access.owner = caller.user.clone();
        outcome = store.restore(&restored, deleted.version, by()).await;
    }
    match outcome {
        // Somebody else was faster.
        Err(Failure::Stale) => Ok(()),
        outcome => outcome,
    }
}

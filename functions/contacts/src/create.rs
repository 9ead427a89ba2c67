//! `POST /v1/contacts`

use kernel::{Action, Caller, ContactId, Failure};
use lambda::{Method, Reply, Request, RouteSpec};

use crate::{
    app::App,
    companies::{link, store::CompanyStore},
    contact::{Contact, ContactChange},
    store::ContactStore,
    view::ContactView,
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("contacts-create", Method::POST, "/v1/contacts", Action::WriteContacts);

/// Creates a contact, owned by the caller unless the body names somebody else.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let change: ContactChange = request.body()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = ContactStore::open(&scope).await?;
    let surroundings = store.surroundings().await?;
    let (id, now) = (ContactId::with_suffix(&request.suffix(&*app.ambient)), app.ambient.now());
    // The lists go by the id: it and the row have to name the same time.
    let created_at = id.made_at().unwrap_or(now);
    let blank = Contact::blank(id, &caller, surroundings.defaults.visibility, created_at);
    let contact = change.apply(&blank, &surroundings, now)?.next_version(now);
    let linked = link::of_new(&CompanyStore::open(&scope).await?, contact.clone()).await?;
    let contact = insert(&store, linked, contact, &caller).await?;
    let (id, version) = (contact.id.clone(), contact.version);
    Ok(Reply::created(&ContactView::of(contact, None))?
        .located_at(format!("/v1/contacts/{id}"))
        .versioned(version))
}

/// The contact as it is written: `linked`, or, where the company that its addresses led to is gone by now, as it was `given`.
async fn insert(
    store: &ContactStore<'_>,
    linked: Contact,
    given: Contact,
    caller: &Caller,
) -> Result<Contact, Failure> {
    match store.insert(&linked, &caller.user).await {
        Ok(()) => Ok(linked),
        Err(Failure::Invalid(_)) if linked.details.company_id != given.details.company_id => {
            store.insert(&given, &caller.user).await?;
            Ok(given)
        }
        // The same request got so far before.
        Err(Failure::Stale) => store.find(&linked.id).await?.ok_or(Failure::Stale),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Ambient, CompanyId, Role, TeamIds, UserId, access::Visibility};
    use testkit::TestInstallation;

    use super::*;

    #[tokio::test]
    async fn a_company_that_nobody_named_is_not_missed() {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let ambient = &*installation.ambient;
        let tenant = scope.table.tenant().clone();
        let caller =
            Caller { tenant, user: UserId::generate(ambient), role: Role::Rep, teams: TeamIds::default() };
        let now = ambient.now();
        let given = Contact::blank(ContactId::generate(ambient), &caller, Visibility::Tenant, now);
        let given = given.next_version(now);
        let mut linked = given.clone();
        linked.details.company_id = Some(CompanyId::generate(ambient));
        let store = ContactStore::open(&scope).await.unwrap();
        let refused = insert(&store, linked.clone(), linked.clone(), &caller).await;
        assert!(matches!(refused, Err(Failure::Invalid(_))), "a company that was named has to be there");
        let written = insert(&store, linked, given.clone(), &caller).await.unwrap();
        assert!(written == given);
        assert!(store.find(&given.id).await.unwrap() == Some(given));
    }
}

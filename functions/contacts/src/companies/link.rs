//! The company of a contact.

use kernel::Failure;

use super::{
    domain::Domain,
    store::{CompanyStore, Renamed, Renaming},
};
use crate::contact::Contact;

/// A new contact, with the company that it names or, where it names none, the one that has the domain of its first address
/// that leads to any.
pub async fn of_new(store: &CompanyStore<'_>, contact: Contact) -> Result<Contact, Failure> {
    if contact.details.company_id.is_some() {
        return named(store, contact).await;
    }
    let addresses = contact.details.emails.iter();
    let domains: Vec<_> = addresses.filter_map(|email| Domain::of_company(&email.address)).collect();
    let company = store.find_by_domain(&domains).await?;
    Ok(match company {
        Some(company) => linked(contact, &company),
        None => contact,
    })
}

/// A changed contact, with the name of a company that it had not named before.
pub async fn of_changed(
    store: &CompanyStore<'_>,
    before: &Contact,
    next: Contact,
) -> Result<Contact, Failure> {
    let (old, new) = (&before.details, &next.details);
    if new.company_id.is_none() {
        return Ok(next);
    }
    if old.company_id != new.company_id {
        return named(store, next).await;
    }
    if old.company_name != new.company_name {
        let message = "The name is the company's; another goes with company_id null.";
        return Err(Failure::field("company_name", "follows_company", message));
    }
    Ok(next)
}

async fn named(store: &CompanyStore<'_>, contact: Contact) -> Result<Contact, Failure> {
    let Some(id) = &contact.details.company_id else { return Ok(contact) };
    let unknown = || Failure::field("company_id", "unknown_company", "There is no such company.");
    let company = store.find(id).await?.ok_or_else(unknown)?;
    Ok(linked(contact, &company))
}

/// The contact as one of this company.
#[must_use]
pub fn linked(mut contact: Contact, company: &super::Company) -> Contact {
    contact.details.company_id = Some(company.id.clone());
    contact.details.company_name = Some(company.details.name.clone());
    contact
}

/// The contact with what its company is called now.
pub async fn up_to_date(store: &CompanyStore<'_>, contact: Contact) -> Result<Contact, Failure> {
    let Some(id) = &contact.details.company_id else { return Ok(contact) };
    Ok(match store.renamed_one(id).await? {
        Some(renaming) => called(contact, &renaming),
        None => contact,
    })
}

/// As [`up_to_date`], by renamings that have been read already.
#[must_use]
pub fn as_renamed(contact: Contact, renamed: &Renamed) -> Contact {
    match contact.details.company_id.as_ref().and_then(|id| renamed.get(id)) {
        Some(renaming) => called(contact, renaming),
        None => contact,
    }
}

/// The contact after its company has been renamed, or is gone.
fn called(mut contact: Contact, renaming: &Renaming) -> Contact {
    contact.details.company_name = Some(renaming.name.clone());
    if renaming.gone {
        contact.details.company_id = None;
    }
    contact
}

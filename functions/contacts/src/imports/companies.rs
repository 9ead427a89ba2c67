//! Companies by their domains, as the rows of one file ask for them again and again.

use std::num::NonZeroUsize;

use kernel::Failure;
use lru::LruCache;
use tokio::sync::Mutex;

use crate::{
    companies::{Company, Domain, link, store::CompanyStore},
    contact::Contact,
};

const HELD: NonZeroUsize = NonZeroUsize::new(2000).expect("not zero");

/// Holds on to what was found until a company is called otherwise.
pub struct KnownCompanies<'a> {
    store: CompanyStore<'a>,
    /// Of [`CompanyStore::renamings`].
    upto: Option<String>,
    known: Mutex<LruCache<String, Option<Company>>>,
}

impl<'a> KnownCompanies<'a> {
    pub fn new(store: CompanyStore<'a>) -> Self {
        Self { store, upto: None, known: Mutex::new(LruCache::new(HELD)) }
    }

    /// Forgets what was found where companies have been renamed or removed since: rows are searched by the names they are written with.
    pub async fn keep_up(&mut self) -> Result<(), Failure> {
        let upto = self.store.renamings().await?;
        if upto != self.upto {
            self.known.get_mut().clear();
            self.upto = upto;
        }
        Ok(())
    }

    pub fn store(&self) -> &CompanyStore<'a> {
        &self.store
    }

    /// As [`link::of_new`], for a contact that names no company's record.
    pub async fn link(&self, contact: Contact) -> Result<Contact, Failure> {
        let domains = contact.details.emails.iter().filter_map(|email| Domain::of_company(&email.address));
        for domain in domains.collect::<Vec<_>>() {
            if let Some(company) = self.find(&domain).await? {
                return Ok(link::linked(contact, &company));
            }
        }
        Ok(contact)
    }

    async fn find(&self, domain: &Domain) -> Result<Option<Company>, Failure> {
        if let Some(known) = self.known.lock().await.get(domain.as_str()) {
            return Ok(known.clone());
        }
        let found = self.store.find_by_domain(std::slice::from_ref(domain)).await?;
        self.known.lock().await.put(domain.as_str().to_owned(), found.clone());
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Ambient, CompanyId};
    use testkit::TestInstallation;

    use super::*;

    #[tokio::test]
    async fn a_company_is_held_until_it_is_called_otherwise() {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let ambient = &*installation.ambient;
        let store = CompanyStore::open(&scope).await.unwrap();
        let blank = Company::blank(CompanyId::generate(ambient), ambient.now());
        let mut company = blank.next_version(ambient.now());
        let domain = Domain::parse("gamma.example").unwrap();
        company.details.name = "Before".to_owned();
        company.details.domains.push(domain.clone());
        store.insert(&company).await.unwrap();

        let mut known = KnownCompanies::new(CompanyStore::open(&scope).await.unwrap());
        let traffic = installation.table.traffic();
        for held in [false, true] {
            known.keep_up().await.unwrap();
            let _ = traffic.take();
            assert_eq!(known.find(&domain).await.unwrap().unwrap().details.name, "Before");
            assert_eq!(traffic.take().is_empty(), held);
        }
        ambient.advance_seconds(1);
        let mut next = company.clone().next_version(ambient.now());
        next.details.name = "After".to_owned();
        store.replace(&company, &next).await.unwrap();
        known.keep_up().await.unwrap();
        assert_eq!(known.find(&domain).await.unwrap().unwrap().details.name, "After");
    }
}

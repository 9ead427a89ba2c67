//! The rows of a company: itself, a row per domain, and what it is called now where that has changed.

use std::{collections::HashMap, sync::Arc};

use kernel::{CompanyId, Failure, Limit, UserId};
use serde::{Deserialize, Serialize};
use table::{Direction, Item, ItemBuilder, ItemReader, Key, Purpose, Range, TableError, Transaction};
use tenancy::{TenantScope, seal_record, unseal_record};
use vault::{BlindIndex, TenantVault};

use super::{
    company::{Address, Company, CompanyDetails, CompanySize},
    domain::Domain,
};

/// The companies of one tenant.
pub struct CompanyStore<'a> {
    scope: &'a TenantScope,
    vault: Arc<TenantVault>,
}

/// Companies, newest first; `last` is the position to go on behind.
pub struct CompanyPage {
    pub companies: Vec<Company>,
    pub last: Option<String>,
}

/// What has become of a company since contacts were written.
#[derive(Debug, Clone)]
pub struct Renaming {
    /// Its name, or the last that it had.
    pub name: String,
    pub gone: bool,
}

/// Of companies of which each belongs to the next.
const LONGEST_LINE: usize = 10;

pub type Renamed = HashMap<CompanyId, Renaming>;

/// What each element of a write is about, in its order.
enum Part {
    Company,
    Owner,
    Parent,
    Domain(usize),
    Rest,
}

impl<'a> CompanyStore<'a> {
    pub async fn open(scope: &'a TenantScope) -> Result<Self, Failure> {
        Ok(Self { scope, vault: scope.vault().await? })
    }

    pub async fn find(&self, id: &CompanyId) -> Result<Option<Company>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().company(id)).await?;
        item.map(|item| self.read(&item)).transpose()
    }

    /// The company that has the first of `domains` which any has.
    pub async fn find_by_domain(&self, domains: &[Domain]) -> Result<Option<Company>, Failure> {
        for domain in domains {
            let Some(row) = self.scope.table.get(&self.domain_key(domain)?).await? else { continue };
            let id = ItemReader::new(&row).parsed("company_id", CompanyId::parse)?;
            if let Some(company) = self.find(&id).await? {
                return Ok(Some(company));
            }
        }
        Ok(None)
    }

    pub async fn page(&self, limit: Limit, after: Option<String>) -> Result<CompanyPage, Failure> {
        let range = Range {
            partition: self.scope.table.keys().companies(),
            direction: Direction::Descending,
            limit: limit.get(),
            after,
        };
        let page = self.scope.table.query(&range).await?;
        let companies = page.items.iter().map(|item| self.read(item)).collect::<Result<_, _>>()?;
        Ok(CompanyPage { companies, last: page.last })
    }

    /// What changes whenever [`CompanyStore::renamed`] does; `None` before the first renaming.
    pub async fn renamings(&self) -> Result<Option<String>, Failure> {
        let table = &self.scope.table;
        let row = table.get(&table.keys().renamings()).await?;
        let text = row.map(|row| ItemReader::new(&row).text("last").map(str::to_owned));
        Ok(text.transpose()?)
    }

    /// The companies whose name in a contact's row may be out of date, and what they are called: all that have ever been renamed or
    /// removed. [`RenamedCache`](super::RenamedCache) spares readers most of them.
    pub async fn renamed(&self) -> Result<Renamed, Failure> {
        let table = &self.scope.table;
        let items = table.query_between(&table.keys().renamed_companies(), "cmp_", "cmp_~").await?;
        let read = |item: &Item| {
            Ok((ItemReader::new(item).parsed("sk", CompanyId::parse)?, self.read_renamed(item)?))
        };
        items.iter().map(read).collect()
    }

    /// As [`CompanyStore::renamed`], of one.
    pub async fn renamed_one(&self, id: &CompanyId) -> Result<Option<Renaming>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().renamed_company(id)).await?;
        item.map(|item| self.read_renamed(&item)).transpose()
    }

    fn read_renamed(&self, item: &Item) -> Result<Renaming, Failure> {
        let reader = ItemReader::new(item);
        Ok(Renaming {
            name: unseal_record(&self.vault, reader, Purpose::CompanyProfile)?,
            gone: reader.optional_text("deleted_at").is_some(),
        })
    }

    /// [`Failure::Invalid`] where the company would stand above itself, or below more companies than [`LONGEST_LINE`].
    pub async fn refuse_circle(&self, company: &Company) -> Result<(), Failure> {
        let mut above = company.details.parent_id.clone();
        for _ in 0..LONGEST_LINE {
            let Some(id) = above else { return Ok(()) };
            if id == company.id {
                let message = "The company would belong to itself.";
                return Err(Failure::field("parent_id", "circular", message));
            }
            above = self.find(&id).await?.and_then(|company| company.details.parent_id);
        }
        let message = format!("At most {LONGEST_LINE} companies stand above another.");
        Err(Failure::field("parent_id", "too_deep", message))
    }

    /// [`Failure::Stale`] where there is one of that id; [`Failure::Invalid`] about a domain that another company has.
    pub async fn insert(&self, company: &Company) -> Result<(), Failure> {
        let transaction = self.scope.table.transaction().put_new(self.item(company)?);
        self.commit(transaction, vec![Part::Company], None, company).await
    }

    /// Writes `next` over `before`. Failures as those of [`CompanyStore::insert`].
    pub async fn replace(&self, before: &Company, next: &Company) -> Result<(), Failure> {
        let transaction = self.scope.table.transaction().put_over_version(self.item(next)?, before.version);
        self.commit(transaction, vec![Part::Company], Some(before), next).await
    }

    /// Removes the company, at the time that it was updated last, and frees its domains; contacts keep its last name as text.
    pub async fn remove(&self, company: &Company) -> Result<(), Failure> {
        let keys = self.scope.table.keys();
        let gone = self.renaming(company)?.time("deleted_at", company.updated_at);
        let mut transaction = self
            .scope
            .table
            .transaction()
            .delete_at_version(&keys.company(&company.id), company.version)
            .put_any(gone.build())
            .put_any(self.renamings_row(company));
        for domain in &company.details.domains {
            transaction = transaction.delete_any(&self.domain_key(domain)?);
        }
        match transaction.commit().await {
            Err(TableError::ConditionFailed { .. }) => Err(Failure::Stale),
            outcome => Ok(outcome?),
        }
    }

    async fn commit(
        &self,
        mut transaction: Transaction<'_>,
        mut parts: Vec<Part>,
        before: Option<&Company>,
        next: &Company,
    ) -> Result<(), Failure> {
        let keys = self.scope.table.keys();
        let (known, details) = (before.map(|company| &company.details), &next.details);
        if let Some(owner) = &details.owner_id
            && known.is_none_or(|known| known.owner_id != details.owner_id)
        {
            transaction = transaction.require_active_user(owner);
            parts.push(Part::Owner);
        }
        if let Some(parent) = &details.parent_id
            && known.is_none_or(|known| known.parent_id != details.parent_id)
        {
            transaction = transaction.require_live(&keys.company(parent));
            parts.push(Part::Parent);
        }
        let old: &[Domain] = known.map_or(&[], |known| &known.domains);
        for (position, domain) in
            details.domains.iter().enumerate().filter(|(_, domain)| !old.contains(domain))
        {
            let row = ItemBuilder::new(&self.domain_key(domain)?).text("company_id", next.id.as_str());
            transaction = transaction.put_new(row.build());
            parts.push(Part::Domain(position));
        }
        for domain in old.iter().filter(|domain| !details.domains.contains(domain)) {
            transaction = transaction.delete_any(&self.domain_key(domain)?);
            parts.push(Part::Rest);
        }
        if known.is_some_and(|known| known.name != details.name) {
            transaction = transaction.put_any(self.renaming(next)?.build()).put_any(self.renamings_row(next));
            parts.extend([Part::Rest, Part::Rest]);
        }
        let Err(error) = transaction.commit().await else { return Ok(()) };
        let TableError::ConditionFailed { element } = error else { return Err(error.into()) };
        Err(match parts.get(element) {
            Some(Part::Company) => Failure::Stale,
            Some(Part::Owner) => Failure::field("owner_id", "unknown_user", "There is no such user."),
            Some(Part::Parent) => {
                Failure::field("parent_id", "unknown_company", "There is no such other company.")
            }
            Some(Part::Domain(position)) => Failure::field(
                format!("domains[{position}]"),
                "domain_taken",
                "Another company has this domain.",
            ),
            Some(Part::Rest) | None => error.into(),
        })
    }

    /// The row that tells contacts what the company is called.
    fn renaming(&self, company: &Company) -> Result<ItemBuilder, Failure> {
        let key = self.scope.table.keys().renamed_company(&company.id);
        let name = seal_record(&self.vault, &key, Purpose::CompanyProfile, &company.details.name)?;
        Ok(ItemBuilder::new(&key).sealed(Purpose::CompanyProfile, name))
    }

    /// The row that tells whoever has read all of those that there is another.
    fn renamings_row(&self, company: &Company) -> Item {
        let key = self.scope.table.keys().renamings();
        ItemBuilder::new(&key).text("last", format!("{}#{}", company.updated_at, company.id)).build()
    }

    fn domain_key(&self, domain: &Domain) -> Result<Key, Failure> {
        let index = self.vault.blind_index(BlindIndex::Domain, domain.as_str())?;
        Ok(self.scope.table.keys().domain_index(&index))
    }

    fn item(&self, company: &Company) -> Result<Item, Failure> {
        let key = self.scope.table.keys().company(&company.id);
        let details = &company.details;
        let profile = StoredCompany::of(details);
        Ok(ItemBuilder::new(&key)
            .optional_text("owner_id", details.owner_id.as_ref().map(UserId::as_str))
            .optional_text("parent_id", details.parent_id.as_ref().map(CompanyId::as_str))
            .number("version", company.version)
            .time("created_at", company.created_at)
            .time("updated_at", company.updated_at)
            .sealed(
                Purpose::CompanyProfile,
                seal_record(&self.vault, &key, Purpose::CompanyProfile, &profile)?,
            )
            .build())
    }

    fn read(&self, item: &Item) -> Result<Company, Failure> {
        let reader = ItemReader::new(item);
        let profile: StoredCompany = unseal_record(&self.vault, reader, Purpose::CompanyProfile)?;
        let links = (
            reader.optional_parsed("owner_id", UserId::parse)?,
            reader.optional_parsed("parent_id", CompanyId::parse)?,
        );
        Ok(Company {
            id: reader.parsed("sk", CompanyId::parse)?,
            details: profile.into_details(links),
            version: reader.number("version")?,
            created_at: reader.time("created_at")?,
            updated_at: reader.time("updated_at")?,
        })
    }
}

/// What is sealed of a company.
#[derive(Serialize, Deserialize)]
struct StoredCompany {
    name: String,
    domains: Vec<String>,
    industry: Option<String>,
    size: Option<CompanySize>,
    address: Address,
}

impl StoredCompany {
    fn of(details: &CompanyDetails) -> Self {
        Self {
            name: details.name.clone(),
            domains: details.domains.iter().map(|domain| domain.as_str().to_owned()).collect(),
            industry: details.industry.clone(),
            size: details.size,
            address: details.address.clone(),
        }
    }

    fn into_details(self, (owner_id, parent_id): (Option<UserId>, Option<CompanyId>)) -> CompanyDetails {
        CompanyDetails {
            name: self.name,
            domains: self.domains.into_iter().map(Domain::from_record).collect(),
            industry: self.industry,
            size: self.size,
            address: self.address,
            owner_id,
            parent_id,
        }
    }
}

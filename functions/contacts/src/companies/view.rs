//! A company as the API shows it.

use kernel::UtcTime;
use serde::Serialize;

use super::company::{Address, Company, CompanySize};

#[derive(Serialize)]
pub struct CompanyView {
    id: String,
    name: String,
    domains: Vec<String>,
    industry: Option<String>,
    size: Option<CompanySize>,
    address: Address,
    owner_id: Option<String>,
    parent_id: Option<String>,
    version: i64,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl From<Company> for CompanyView {
    fn from(company: Company) -> Self {
        let details = company.details;
        Self {
            id: company.id.to_string(),
            name: details.name,
            domains: details.domains.iter().map(|domain| domain.as_str().to_owned()).collect(),
            industry: details.industry,
            size: details.size,
            address: details.address,
            owner_id: details.owner_id.map(String::from),
            parent_id: details.parent_id.map(String::from),
            version: company.version,
            created_at: company.created_at,
            updated_at: company.updated_at,
        }
    }
}

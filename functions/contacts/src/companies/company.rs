//! What a company is, and what makes one valid.

use kernel::{CompanyId, Failure, Faults, UserId, UtcTime, is_country};
use serde::{Deserialize, Serialize};

use super::domain::Domain;
use crate::{
    contact::{at_most, line},
    merge_patch::Member,
};

const MOST_DOMAINS: usize = 20;

/// How many people work there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompanySize {
    #[serde(rename = "1-10")]
    UpTo10,
    #[serde(rename = "11-50")]
    UpTo50,
    #[serde(rename = "51-200")]
    UpTo200,
    #[serde(rename = "201-1000")]
    UpTo1000,
    #[serde(rename = "1001-5000")]
    UpTo5000,
    #[serde(rename = "5001+")]
    More,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    pub street: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub postal_code: Option<String>,
    /// Two letters of ISO 3166-1.
    pub country: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompanyDetails {
    pub name: String,
    /// Each belongs to one company at most.
    pub domains: Vec<Domain>,
    pub industry: Option<String>,
    pub size: Option<CompanySize>,
    pub address: Address,
    pub owner_id: Option<UserId>,
    /// The company that this one belongs to.
    pub parent_id: Option<CompanyId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    pub id: CompanyId,
    pub details: CompanyDetails,
    /// Counts up from 1 with every change.
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

/// What a sender writes about a company: a merge patch. Creating is a change of nothing.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompanyChange {
    name: Member<String>,
    domains: Member<Vec<String>>,
    industry: Member<String>,
    size: Member<CompanySize>,
    address: Member<AddressChange>,
    owner_id: Member<String>,
    parent_id: Member<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AddressChange {
    street: Member<String>,
    city: Member<String>,
    region: Member<String>,
    postal_code: Member<String>,
    country: Member<String>,
}

impl Company {
    /// One of which nothing is known yet. It becomes version 1 with its first change.
    #[must_use]
    pub fn blank(id: CompanyId, now: UtcTime) -> Self {
        Self { id, details: CompanyDetails::default(), version: 0, created_at: now, updated_at: now }
    }

    #[must_use]
    pub fn next_version(mut self, now: UtcTime) -> Self {
        self.version += 1;
        self.updated_at = now;
        self
    }
}

impl CompanyChange {
    /// The company after the change, still of the same version; [`Failure::Invalid`] with every field that is wrong.
    pub fn apply(self, before: &Company) -> Result<Company, Failure> {
        let mut faults = Faults::default();
        let mut next = before.clone();
        let details = &mut next.details;
        let mut name = Some(std::mem::take(&mut details.name));
        self.name.merge(&mut name, |text| line("name", &text, &mut faults));
        details.name = name.unwrap_or_default();
        if details.name.is_empty() {
            faults.add("name", "empty", "A company has a name.");
        }
        self.domains.merge_or_empty(&mut details.domains, |texts, _| domains(&texts, &mut faults));
        self.industry.merge(&mut details.industry, |text| line("industry", &text, &mut faults));
        self.size.merge(&mut details.size, Some);
        self.address.merge_or_empty(&mut details.address, |change, known| change.apply(known, &mut faults));
        self.owner_id.merge(&mut details.owner_id, |text| {
            let user = UserId::parse(&text);
            if user.is_none() {
                faults.add("owner_id", "unknown_user", "There is no such user.");
            }
            user
        });
        self.parent_id.merge(&mut details.parent_id, |text| {
            let company = CompanyId::parse(&text).filter(|parent| *parent != before.id);
            if company.is_none() {
                faults.add("parent_id", "unknown_company", "There is no such other company.");
            }
            company
        });
        faults.into_result()?;
        Ok(next)
    }
}

impl AddressChange {
    fn apply(self, known: &Address, faults: &mut Faults) -> Address {
        let mut next = known.clone();
        let lines = [
            ("address.street", self.street, &mut next.street),
            ("address.city", self.city, &mut next.city),
            ("address.region", self.region, &mut next.region),
            ("address.postal_code", self.postal_code, &mut next.postal_code),
        ];
        for (field, member, value) in lines {
            member.merge(value, |text| line(field, &text, faults));
        }
        self.country.merge(&mut next.country, |text| {
            if !is_country(&text) {
                faults.add("address.country", "unknown_country", "Expected two capitals of ISO 3166-1.");
            }
            Some(text)
        });
        next
    }
}

/// Each once, in the order given.
fn domains(texts: &[String], faults: &mut Faults) -> Vec<Domain> {
    at_most("domains", texts.len(), MOST_DOMAINS, faults);
    let mut domains = Vec::new();
    for (position, text) in texts.iter().take(MOST_DOMAINS).enumerate() {
        let field = format!("domains[{position}]");
        match Domain::parse(text) {
            None => faults.add(field, "invalid_domain", "This is not a domain such as example.com."),
            Some(domain) if domain.is_public() => {
                faults.add(field, "public_domain", "Anybody may have an address there.");
            }
            Some(domain) if domains.contains(&domain) => {}
            Some(domain) => domains.push(domain),
        }
    }
    domains
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(body: &str) -> Result<Company, Failure> {
        let id = CompanyId::parse("cmp_01kar4t5v3c8m2x9p7w6r4n1hz").unwrap();
        let blank = Company::blank(id, UtcTime::from_millisecond(1).unwrap());
        serde_json::from_str::<CompanyChange>(body).unwrap().apply(&blank)
    }

    #[test]
    fn every_wrong_field_is_named() {
        let body = r#"{"domains": ["a.example", "gmail.com", "x y"], "address": {"country": "uk", "city": "a\u0000"},
            "owner_id": "me", "parent_id": "cmp_01kar4t5v3c8m2x9p7w6r4n1hz"}"#;
        let Err(Failure::Invalid(errors)) = changed(body) else { panic!("it was taken") };
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        let expected =
            ["name", "domains[1]", "domains[2]", "address.city", "address.country", "owner_id", "parent_id"];
        assert_eq!(fields, expected);
    }

    #[test]
    fn an_address_changes_part_by_part() {
        let first =
            changed(r#"{"name": "G", "size": "11-50", "address": {"city": "Bonn", "country": "DE"}}"#)
                .unwrap();
        let change: CompanyChange =
            serde_json::from_str(r#"{"address": {"city": null, "street": "Weg 1"}}"#).unwrap();
        let address = change.apply(&first).unwrap().details.address;
        assert_eq!((address.city, address.street.as_deref()), (None, Some("Weg 1")));
        assert_eq!(address.country.as_deref(), Some("DE"));
    }
}

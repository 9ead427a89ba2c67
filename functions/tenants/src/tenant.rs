//! A tenant: a company among those that share the installation.

use kernel::{Failure, RecordingPolicy, UtcTime, access::Visibility};
use table::{Item, ItemBuilder, ItemReader, Keys};

/// What a tenant decides about itself. Whether its people may come in, and what it may use, is the platform's to say
/// ([`table::TenantStanding`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub name: String,
    /// Where its data lies; fixed when the tenant is made.
    pub region: String,
    /// Two letters of ISO 3166; how a telephone number without a country is read.
    pub default_country: String,
    pub recording_policy: RecordingPolicy,
    /// Days after which recordings and messages are removed; `None` keeps them.
    pub retention_days: Option<u32>,
    /// Who may see a new contact beside its owner.
    pub contact_visibility: Visibility,
    /// Counts up from 1 with every change.
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl Tenant {
    pub const DEFAULT_COUNTRY: &str = "US";

    /// A new tenant with what holds until an admin decides otherwise.
    #[must_use]
    pub fn new(name: String, region: String, created_at: UtcTime) -> Self {
        Self {
            name,
            region,
            default_country: Self::DEFAULT_COUNTRY.to_owned(),
            recording_policy: RecordingPolicy::Never,
            retention_days: None,
            contact_visibility: Visibility::Tenant,
            version: 1,
            created_at,
            updated_at: created_at,
        }
    }
}

/// The row of `tenant`.
#[must_use]
pub fn tenant_item(keys: Keys<'_>, tenant: &Tenant) -> Item {
    ItemBuilder::new(&keys.tenant())
        .text("name", tenant.name.clone())
        .text("region", tenant.region.clone())
        .text("default_country", tenant.default_country.clone())
        .text("recording_policy", tenant.recording_policy.as_str())
        .optional_number("retention_days", tenant.retention_days)
        .text("contact_visibility", tenant.contact_visibility.as_str())
        .number("version", tenant.version)
        .time("created_at", tenant.created_at)
        .time("updated_at", tenant.updated_at)
        .build()
}

/// The tenant in a row that [`tenant_item`] made.
pub fn read_tenant(item: &Item) -> Result<Tenant, Failure> {
    let item = ItemReader::new(item);
    let retention = item.optional_number("retention_days").map(u32::try_from).transpose();
    Ok(Tenant {
        name: item.text("name")?.to_owned(),
        region: item.text("region")?.to_owned(),
        default_country: item.text("default_country")?.to_owned(),
        recording_policy: item.parsed("recording_policy", RecordingPolicy::parse)?,
        retention_days: retention.map_err(Failure::internal)?,
        contact_visibility: item.parsed("contact_visibility", Visibility::parse)?,
        version: item.number("version")?,
        created_at: item.time("created_at")?,
        updated_at: item.time("updated_at")?,
    })
}

//! Records of the table's stream.

use aws_lambda_events::dynamodb::EventRecord;
use kernel::{ClaimedTenant, Provenance, TenantId};
use serde::{Deserialize, Serialize};
use table::{Item, KeyOfTenant, tenant_of_identities, tenant_of_partition};

/// A batch: in order per item, delivered at least once.
#[derive(Debug, Deserialize)]
pub struct StreamBatch {
    #[serde(rename = "Records", deserialize_with = "records")]
    records: Vec<StreamRecord>,
}

impl StreamBatch {
    #[must_use]
    pub fn records(&self) -> &[StreamRecord] {
        &self.records
    }
}

/// One change of one item.
#[derive(Debug)]
pub struct StreamRecord {
    sequence_number: String,
    partition: String,
    old_image: Option<Item>,
    new_image: Option<Item>,
}

impl StreamRecord {
    /// Names the record within its stream.
    #[must_use]
    pub fn sequence_number(&self) -> &str {
        &self.sequence_number
    }

    /// Whose row changed, and what it is; `None` for rows outside tenants.
    #[must_use]
    pub fn key(&self) -> Option<KeyOfTenant<'_>> {
        tenant_of_partition(&self.partition)
    }

    /// Whether the row says who may come in.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        tenant_of_identities(&self.partition).is_some()
    }

    /// The tenant whose row changed.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        #[expect(
            clippy::disallowed_methods,
            reason = "a row of this tenant changed, and the table's stream says so"
        )]
        self.key()
            .map(|key| key.tenant)
            .or_else(|| tenant_of_identities(&self.partition))
            .and_then(ClaimedTenant::parse)
            .map(|claim| claim.vouch(Provenance::OwnRecord))
    }

    /// The item before; `None` where it is new.
    #[must_use]
    pub fn old_image(&self) -> Option<&Item> {
        self.old_image.as_ref()
    }

    /// The item after; `None` where it was removed.
    #[must_use]
    pub fn new_image(&self) -> Option<&Item> {
        self.new_image.as_ref()
    }
}

/// A record that will never be understood, by the name under which the stream knows it, for the failure queue of whoever meets
/// it. Its content stays in the table.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Poison<'a> {
    sequence_number: &'a str,
    tenant_id: Option<String>,
    reason: String,
}

impl<'a> Poison<'a> {
    /// `reason` must not repeat what stands in the row.
    #[must_use]
    pub fn of(record: &'a StreamRecord, reason: String) -> Self {
        let tenant_id = record.tenant().map(|tenant| tenant.to_string());
        Self { sequence_number: record.sequence_number(), tenant_id, reason }
    }
}

fn records<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<StreamRecord>, D::Error> {
    let records = Vec::<EventRecord>::deserialize(deserializer)?;
    Ok(records.into_iter().map(StreamRecord::from).collect())
}

impl From<EventRecord> for StreamRecord {
    fn from(record: EventRecord) -> Self {
        let change = record.change;
        let image = |image: serde_dynamo::Item| (!image.is_empty()).then(|| image.into());
        let keys: Item = change.keys.into();
        let partition = keys.get("pk").and_then(|value| value.as_s().ok()).cloned();
        Self {
            sequence_number: change.sequence_number.unwrap_or_default(),
            partition: partition.unwrap_or_default(),
            old_image: image(change.old_image),
            new_image: image(change.new_image),
        }
    }
}

/// From which record on the batch has to come again (`ReportBatchItemFailures`); empty when it is done with.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamOutcome {
    batch_item_failures: Vec<UnhandledRecord>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UnhandledRecord {
    item_identifier: String,
}

impl StreamOutcome {
    /// Everything from `record` on comes again.
    #[must_use]
    pub fn again_from(record: &StreamRecord) -> Self {
        Self {
            batch_item_failures: vec![UnhandledRecord { item_identifier: record.sequence_number.clone() }],
        }
    }
}

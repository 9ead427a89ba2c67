//! What others than the contacts domain may read of a contact's row.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, TransactWriteItem, Update};
use kernel::{
    Caller, ContactId, TeamIds, UserId, UtcTime,
    access::{ContactAccess, Sight, Visibility},
};

use crate::{
    capacity::record_write,
    error::{TableError, classify},
    item::{Item, ItemReader, MalformedItem},
    tenant_table::{TenantTable, attributes},
};

/// Who may see the contact; `None` where it has been deleted.
pub fn read_contact_access(item: &Item) -> Result<Option<ContactAccess>, MalformedItem> {
    let item = ItemReader::new(item);
    if item.optional_text("deleted_at").is_some() {
        return Ok(None);
    }
    let owner = item.parsed("owner_id", UserId::parse)?;
    Ok(Some(ContactAccess { owner, visibility: item.parsed("visibility", Visibility::parse)? }))
}

/// What a tenant has decided about new contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactDefaults {
    /// Two letters of ISO 3166: how a telephone number without a country is read.
    pub country: String,
    pub visibility: Visibility,
}

/// Reads the tenant's row.
pub fn read_contact_defaults(item: &Item) -> Result<ContactDefaults, MalformedItem> {
    let item = ItemReader::new(item);
    Ok(ContactDefaults {
        country: item.text("default_country")?.to_owned(),
        visibility: item.parsed("contact_visibility", Visibility::parse)?,
    })
}

/// Which of some contacts a caller may see.
#[derive(Debug)]
pub struct Visible<'a> {
    caller: &'a Caller,
    /// The teams of owners, of whom these decide.
    teams: HashMap<UserId, TeamIds>,
}

impl Visible<'_> {
    /// Whether the caller may see a contact of this access, which was among those asked about.
    #[must_use]
    pub fn sees(&self, access: &ContactAccess) -> bool {
        self.teams.get(&access.owner).map_or_else(
            || access.sight(self.caller) == Sight::Seen,
            |teams| access.visible_to(self.caller, teams),
        )
    }
}

impl TenantTable {
    /// Which of these contacts `caller` may see, by the teams that their owners are in now. Reads no more than the rows of those
    /// owners whose teams decide: none where contacts are the tenant's or the caller's own, or where the caller is an admin.
    pub async fn visible<'a>(
        &self,
        caller: &'a Caller,
        accesses: impl IntoIterator<Item = &ContactAccess>,
    ) -> Result<Visible<'a>, TableError> {
        let undecided = accesses.into_iter().filter(|access| access.sight(caller) == Sight::OfTeammates);
        let owners: HashSet<_> = undecided.map(|access| access.owner.clone()).collect();
        let keys: Vec<_> = owners.iter().map(|owner| self.keys().user(owner)).collect();
        let mut teams = HashMap::with_capacity(owners.len());
        for item in self.get_many(&keys).await? {
            let read = |item: ItemReader<'_>| {
                let ids = item.optional_parsed("team_ids", TeamIds::parse)?.unwrap_or_default();
                Ok((item.parsed("sk", UserId::parse)?, ids))
            };
            let (owner, ids) = read(ItemReader::new(&item))
                .map_err(|error: MalformedItem| TableError::Other(Box::new(error)))?;
            teams.insert(owner, ids);
        }
        Ok(Visible { caller, teams })
    }

    /// As [`TenantTable::visible`], of one contact.
    pub async fn sees(&self, caller: &Caller, access: &ContactAccess) -> Result<bool, TableError> {
        Ok(self.visible(caller, [access]).await?.sees(access))
    }

    /// Notes that the contact was spoken or written to; nothing happens where that has been noted of the same time or later, or
    /// where there is no such contact, or none any more.
    pub async fn touch(&self, contact: &ContactId, at: UtcTime) -> Result<(), TableError> {
        let update = Update::builder()
            .table_name(self.name())
            .set_key(Some(attributes(&self.keys().touch(contact))))
            .update_expression("SET last_touched_at = :at, gsi2pk = :touched, gsi2sk = :at")
            .condition_expression("attribute_not_exists(last_touched_at) OR last_touched_at < :at")
            .expression_attribute_values(":touched", AttributeValue::S(self.keys().touches_by_time()))
            .expression_attribute_values(":at", AttributeValue::S(at.to_string()));
        let update = update.build().map(|update| TransactWriteItem::builder().update(update));
        let transaction = self.transaction().push(update).require_live(&self.keys().contact(contact));
        match transaction.commit().await {
            Err(TableError::ConditionFailed { .. }) => Ok(()),
            outcome => outcome,
        }
    }

    /// Gives a contact to another owner, as a version of its own. Nothing happens where it is not `from`'s any more.
    pub async fn change_owner(
        &self,
        contact: &ContactId,
        from: &UserId,
        to: &UserId,
        now: UtcTime,
    ) -> Result<(), TableError> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let outcome = self
            .client()
            .update_item()
            .table_name(self.name())
            .set_key(Some(attributes(&self.keys().contact(contact))))
            .update_expression(
                "SET owner_id = :to, updated_at = :now, gsi1pk = :owned, gsi2sk = :now ADD version :one",
            )
            .condition_expression("owner_id = :from AND attribute_not_exists(deleted_at)")
            .expression_attribute_values(":from", text(from.as_str()))
            .expression_attribute_values(":to", text(to.as_str()))
            .expression_attribute_values(":owned", text(&self.keys().contacts_of_owner(to)))
            .expression_attribute_values(":now", text(&now.to_string()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify);
        match outcome {
            Ok(answer) => {
                record_write(answer.consumed_capacity.as_slice());
                Ok(())
            }
            Err(TableError::ConditionFailed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

//! Sign-ins that wait for a second factor to be set up. The client holds a random text; what it stands for stays here, under the
//! text's hash, until it has served or is over.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ReturnConsumedCapacity, ReturnValue},
};
use kernel::{ClaimedTenant, UtcTime};

use crate::{
    capacity::{record_read, record_write},
    error::{TableError, classify},
    item::{Item, ItemBuilder, ItemReader, MalformedItem},
    key::Key,
    tenant_table::attributes,
};

const ROW: &str = "SESSION";
const SEALED: &str = "factor_setup";

/// What a text serves for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupStep {
    /// To be told the secret for the app.
    Begin,
    /// To show that the app holds it.
    Confirm,
}

impl SetupStep {
    fn as_str(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Confirm => "confirm",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Begin, Self::Confirm].into_iter().find(|known| known.as_str() == text)
    }
}

/// A sign-in under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorSetup {
    pub step: SetupStep,
    pub tenant: ClaimedTenant,
    /// The pool's name for the user.
    pub sub: String,
    pub expires_at: UtcTime,
    /// Sealed by the tenant's key for the row's place and the step.
    pub sealed: Vec<u8>,
}

/// The rows `MFASETUP#<hash>`, outside tenants: nobody is signed in yet.
#[derive(Debug, Clone)]
pub struct FactorSetupTable {
    client: Client,
    name: String,
}

impl FactorSetupTable {
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// The key under which [`FactorSetupTable::put`] writes, for sealing.
    #[must_use]
    pub fn key(hash: &str) -> Key {
        Key { partition: format!("MFASETUP#{hash}"), sort: ROW.to_owned() }
    }

    pub async fn put(&self, hash: &str, setup: &FactorSetup) -> Result<(), TableError> {
        let item = ItemBuilder::new(&Self::key(hash))
            .text("step", setup.step.as_str())
            .text("tenant", setup.tenant.as_str())
            .text("sub", setup.sub.clone())
            .expires_at(setup.expires_at)
            .bytes(SEALED, setup.sealed.clone())
            .build();
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        let put = put.condition_expression("attribute_not_exists(pk)");
        let answer =
            put.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(classify)?;
        record_write(answer.consumed_capacity.as_slice());
        Ok(())
    }

    /// What waits for `step` under this hash; `None` for nothing, another step, or one that is over.
    pub async fn find(
        &self,
        hash: &str,
        step: SetupStep,
        now: UtcTime,
    ) -> Result<Option<FactorSetup>, TableError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(attributes(&Self::key(hash))))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        record_read(answer.consumed_capacity.as_slice());
        let found = answer.item.as_ref().map(read).transpose();
        let found = found.map_err(|error| TableError::Other(Box::new(error)))?;
        Ok(found.filter(|setup| setup.step == step && now < setup.expires_at))
    }

    /// As [`FactorSetupTable::find`], and removes it: of several that ask, one gets it.
    pub async fn take(
        &self,
        hash: &str,
        step: SetupStep,
        now: UtcTime,
    ) -> Result<Option<FactorSetup>, TableError> {
        let answer = self
            .client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(attributes(&Self::key(hash))))
            .condition_expression("#step = :step AND expires_at > :now")
            .expression_attribute_names("#step", "step")
            .expression_attribute_values(":step", AttributeValue::S(step.as_str().to_owned()))
            .expression_attribute_values(":now", AttributeValue::N(now.as_second().to_string()))
            .return_values(ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify);
        let answer = match answer {
            Err(TableError::ConditionFailed { .. }) => return Ok(None),
            other => other?,
        };
        record_write(answer.consumed_capacity.as_slice());
        let taken = answer.attributes.as_ref().map(read).transpose();
        taken.map_err(|error| TableError::Other(Box::new(error)))
    }
}

fn read(item: &Item) -> Result<FactorSetup, MalformedItem> {
    let row = ItemReader::new(item);
    let second = |seconds: i64| UtcTime::from_millisecond(seconds.checked_mul(1000)?);
    let expires_at = second(row.number("expires_at")?).ok_or(MalformedItem { attribute: "expires_at" })?;
    Ok(FactorSetup {
        step: row.parsed("step", SetupStep::parse)?,
        tenant: row.parsed("tenant", ClaimedTenant::parse)?,
        sub: row.text("sub")?.to_owned(),
        expires_at,
        sealed: row.bytes(SEALED)?.to_vec(),
    })
}

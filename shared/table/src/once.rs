//! Requests that carry an idempotency key, each carried out once: who has begun it, and what came of it.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use kernel::{ReservedSuffix, UtcTime};

use crate::{
    capacity::record_write,
    error::{TableError, where_held},
    item::{Item, ItemBuilder, ItemReader, MalformedItem},
    key::Key,
    purpose::Purpose,
    tenant_table::{TenantTable, attributes},
};

/// How long a key is remembered.
const REMEMBERED_SECONDS: i64 = 24 * 3600;
/// How long a request may be under way. Longer than any function runs: a mark that is older is of one that broke off.
const IN_FLIGHT_SECONDS: i64 = 60;
/// Rounds of looking and writing before we give up: each is lost only to another request with the same key.
const ATTEMPTS: usize = 3;

/// What is to be done with a request.
#[derive(Debug)]
pub enum Begun {
    /// It is to be carried out, making what it makes under this suffix.
    Now(ReservedSuffix),
    /// It has been; the row holds what came of it, sealed.
    Before(Item),
    /// It is being carried out.
    InFlight,
    /// The key was another request's.
    OtherRequest,
}

/// A request with a key.
#[derive(Debug, Clone)]
pub struct OnceKey {
    /// From [`crate::Keys::replay`].
    pub key: Key,
    /// The same for the same request, and nothing to learn from.
    pub fingerprint: String,
}

impl TenantTable {
    /// Marks the request as under way. One that broke off is taken over, under the suffix that it had: what it made may be
    /// there.
    pub async fn begin_once(
        &self,
        request: &OnceKey,
        suffix: ReservedSuffix,
        now: UtcTime,
    ) -> Result<Begun, TableError> {
        for _ in 0..ATTEMPTS {
            if self.mark(request, &suffix, now).await? {
                return Ok(Begun::Now(suffix));
            }
            let Some(item) = self.get(&request.key).await? else { continue };
            let row = ItemReader::new(&item);
            if row.text("fingerprint").map_err(malformed)? != request.fingerprint {
                return Ok(Begun::OtherRequest);
            }
            if row.sealed(Purpose::Replay).is_ok() {
                return Ok(Begun::Before(item));
            }
            let until = row.time("in_flight_until").map_err(malformed)?;
            if now < until {
                return Ok(Begun::InFlight);
            }
            if self.take_over(&request.key, until, now).await? {
                let suffix = row.parsed("suffix", ReservedSuffix::parse).map_err(malformed)?;
                return Ok(Begun::Now(suffix));
            }
        }
        Ok(Begun::InFlight)
    }

    /// Keeps what came of the request, sealed, for whoever asks again.
    pub async fn finish_once(
        &self,
        request: &OnceKey,
        suffix: &ReservedSuffix,
        outcome: Vec<u8>,
        now: UtcTime,
    ) -> Result<(), TableError> {
        self.put_any(row(request, suffix, now).sealed(Purpose::Replay, outcome).build()).await
    }

    /// Lets the next request with the key begin at once, under the same suffix: nobody knows how far this one came.
    pub async fn release_once(
        &self,
        request: &OnceKey,
        suffix: &ReservedSuffix,
        now: UtcTime,
    ) -> Result<(), TableError> {
        self.put_any(row(request, suffix, now).time("in_flight_until", now).build()).await
    }

    /// Forgets the key of a request that has done nothing.
    pub async fn forget_once(&self, request: &OnceKey) -> Result<(), TableError> {
        self.delete(&request.key).await.map(|_| ())
    }

    /// `false` where the key is in use.
    async fn mark(
        &self,
        request: &OnceKey,
        suffix: &ReservedSuffix,
        now: UtcTime,
    ) -> Result<bool, TableError> {
        let until = now.plus_seconds(IN_FLIGHT_SECONDS);
        let item = row(request, suffix, now).time("in_flight_until", until).build();
        self.refuse_foreign(&item)?;
        let outcome = self
            .client()
            .put_item()
            .table_name(self.name())
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", AttributeValue::N(now.as_second().to_string()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let Some(answer) = where_held(outcome)? else { return Ok(false) };
        record_write(answer.consumed_capacity.as_slice());
        Ok(true)
    }

    /// `false` where somebody else has done it.
    async fn take_over(&self, key: &Key, was: UtcTime, now: UtcTime) -> Result<bool, TableError> {
        let text = |time: UtcTime| AttributeValue::S(time.to_string());
        let outcome = self
            .client()
            .update_item()
            .table_name(self.name())
            .set_key(Some(attributes(key)))
            .update_expression("SET in_flight_until = :until")
            .condition_expression("in_flight_until = :was")
            .expression_attribute_values(":until", text(now.plus_seconds(IN_FLIGHT_SECONDS)))
            .expression_attribute_values(":was", text(was))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let Some(answer) = where_held(outcome)? else { return Ok(false) };
        record_write(answer.consumed_capacity.as_slice());
        Ok(true)
    }
}

fn row(request: &OnceKey, suffix: &ReservedSuffix, now: UtcTime) -> ItemBuilder {
    ItemBuilder::new(&request.key)
        .text("fingerprint", request.fingerprint.clone())
        .text("suffix", suffix.as_str())
        .expires_at(now.plus_seconds(REMEMBERED_SECONDS))
}

fn malformed(error: MalformedItem) -> TableError {
    TableError::Other(Box::new(error))
}

//! Capacity units, added to the invocation's meter.

use aws_sdk_dynamodb::types::ConsumedCapacity;
use kernel::meter::{self, Count};

pub(crate) fn record_read(consumed: &[ConsumedCapacity]) {
    record(Count::DynamodbReadHundredths, consumed);
}

pub(crate) fn record_write(consumed: &[ConsumedCapacity]) {
    record(Count::DynamodbWriteHundredths, consumed);
}

fn record(count: Count, consumed: &[ConsumedCapacity]) {
    meter::add(Count::DynamodbCalls, 1);
    let units: f64 = consumed.iter().filter_map(ConsumedCapacity::capacity_units).sum();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "units are small and not negative"
    )]
    meter::add(count, (units * 100.0).round() as u64);
}

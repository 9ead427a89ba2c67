//! What one invocation cost in calls and capacity. An environment serves one invocation at a time, so process-wide counters
//! taken at its end are that invocation's own. They go into its summary line, and tests read them there.

use std::sync::atomic::{AtomicU64, Ordering};

/// Something worth counting.
#[derive(Debug, Clone, Copy)]
pub enum Count {
    StsCalls,
    KmsCalls,
    DynamodbCalls,
    /// Hundredths of a read request unit.
    DynamodbReadHundredths,
    /// Hundredths of a write request unit.
    DynamodbWriteHundredths,
}

static COUNTERS: [AtomicU64; 5] = [const { AtomicU64::new(0) }; 5];

/// Adds to a counter.
pub fn add(count: Count, amount: u64) {
    COUNTERS[count as usize].fetch_add(amount, Ordering::Relaxed);
}

/// The value since it was last taken; starts again at 0.
pub fn take(count: Count) -> u64 {
    COUNTERS[count as usize].swap(0, Ordering::Relaxed)
}

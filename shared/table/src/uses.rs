//! How often a user does something, by the minute.

use kernel::{UserId, UtcTime};

use crate::{error::TableError, tenant_table::TenantTable};

const MINUTE: i64 = 60;
/// How long a minute's row stays behind its end.
const LIFETIME_SECONDS: i64 = 3600;

/// What a user has done in the running minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uses {
    /// The last one included.
    pub count: i64,
    /// Until the next minute begins.
    pub seconds_left: i64,
}

impl TenantTable {
    /// Counts that the user does `what` now.
    pub async fn count_use(&self, user: &UserId, what: &str, now: UtcTime) -> Result<Uses, TableError> {
        let minute = now.as_second().div_euclid(MINUTE);
        let end = (minute + 1) * MINUTE;
        let key = self.keys().uses(user, what, minute);
        let count = self.add(&key, "uses", 1, Some(end + LIFETIME_SECONDS)).await?;
        Ok(Uses { count, seconds_left: end - now.as_second() })
    }
}

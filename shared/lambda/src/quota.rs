//! How often a user may do what is costly.

use http::header::HeaderName;
use kernel::{Failure, UserId, UtcTime};
use table::TenantTable;

use crate::{Environment, Reply};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// So many uses a minute for each user.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    what: &'static str,
    per_minute: i64,
}

/// What is left of a user's quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaLeft {
    per_minute: i64,
    remaining: i64,
    seconds_left: i64,
}

impl Quota {
    /// The environment says how many.
    ///
    /// # Panics
    ///
    /// Where `variable` is no whole number, which ends a function's start.
    #[must_use]
    pub fn from_environment(what: &'static str, variable: &str) -> Self {
        let per_minute = Environment::required(variable);
        Self::new(what, per_minute.parse().unwrap_or_else(|_| panic!("{variable} is no whole number")))
    }

    #[must_use]
    pub fn new(what: &'static str, per_minute: i64) -> Self {
        Self { what, per_minute }
    }

    /// Counts a use; [`Failure::Throttled`] where the minute has had as many as it may. Those refused count, and prolong nothing: the
    /// next minute begins at none.
    pub async fn take(&self, table: &TenantTable, user: &UserId, now: UtcTime) -> Result<QuotaLeft, Failure> {
        let counted = table.count_use(user, self.what, now).await?;
        if counted.count > self.per_minute {
            let retry_after_seconds = u32::try_from(counted.seconds_left).unwrap_or(u32::MAX);
            return Err(Failure::Throttled { retry_after_seconds });
        }
        let (per_minute, remaining) = (self.per_minute, self.per_minute - counted.count);
        Ok(QuotaLeft { per_minute, remaining, seconds_left: counted.seconds_left })
    }
}

impl Reply {
    /// Says what is left, as draft-ietf-httpapi-ratelimit-headers has it.
    #[must_use]
    pub fn with_quota(self, left: QuotaLeft) -> Self {
        let QuotaLeft { per_minute, remaining, seconds_left } = left;
        self.with(POLICY, format!("\"default\";q={per_minute};w=60"))
            .with(STATE, state(remaining, seconds_left))
    }
}

/// The header of an answer that was refused, whatever had too much of it.
pub(crate) fn nothing_left(seconds: u32) -> (HeaderName, String) {
    (STATE, state(0, seconds.into()))
}

fn state(remaining: i64, seconds_left: i64) -> String {
    format!("\"default\";r={remaining};t={seconds_left}")
}

#[cfg(test)]
mod tests {
    use kernel::Ambient;
    use testkit::TestInstallation;

    use super::*;

    #[tokio::test]
    async fn a_minute_has_as_many_uses_as_it_may_and_the_next_one_too() {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let ambient = &*installation.ambient;
        let [user, other] = [UserId::generate(ambient), UserId::generate(ambient)];
        let quota = Quota::new("search", 2);
        let take = async |user| quota.take(&scope.table, user, ambient.now()).await;
        let seconds_left = 60 - ambient.now().as_second().rem_euclid(60);
        let left = |remaining| QuotaLeft { per_minute: 2, remaining, seconds_left };
        assert_eq!(take(&user).await.unwrap(), left(1));
        assert_eq!(take(&user).await.unwrap(), left(0));
        let refused = take(&user).await.unwrap_err();
        let expected = u32::try_from(seconds_left).unwrap();
        assert!(
            matches!(refused, Failure::Throttled { retry_after_seconds } if retry_after_seconds == expected)
        );
        assert_eq!(take(&other).await.unwrap(), left(1));
        assert_eq!(Quota::new("calls", 2).take(&scope.table, &user, ambient.now()).await.unwrap(), left(1));
        ambient.advance_seconds(seconds_left);
        assert_eq!(take(&user).await.unwrap(), QuotaLeft { per_minute: 2, remaining: 1, seconds_left: 60 });
    }

    #[test]
    fn an_answer_says_what_is_left() {
        let reply =
            Reply::no_content().with_quota(QuotaLeft { per_minute: 300, remaining: 7, seconds_left: 42 });
        let response = reply.to_response();
        assert_eq!(response.headers()["ratelimit-policy"], "\"default\";q=300;w=60");
        assert_eq!(response.headers()["ratelimit"], "\"default\";r=7;t=42");
    }
}

//! How often somebody may try: per address, so that nobody guesses one user's password, and per source, so that nobody tries one
//! password on many.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use kernel::{Ambient, Failure, SystemAmbient};
use lambda::Environment;
use table::{Admission, Allowance, ThrottleTable};

const QUARTER_OF_AN_HOUR: i64 = 15 * 60;

/// What is tried; each is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    SignIn,
    Challenge,
    Forgot,
    Reset,
    /// What changes a user's second factor: passwords asked for again, and codes.
    Factor,
    /// Asking for new tokens; the token stands in the address's place.
    Refresh,
}

impl Attempt {
    fn label(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Challenge => "challenge",
            Self::Forgot => "forgot",
            Self::Reset => "reset",
            Self::Factor => "factor",
            Self::Refresh => "refresh",
        }
    }

    /// Attempts of one address within a quarter of an hour. A message goes out for each forgotten password.
    fn per_address(self) -> i64 {
        match self {
            Self::SignIn | Self::Challenge | Self::Reset | Self::Factor | Self::Refresh => 10,
            Self::Forgot => 3,
        }
    }
}

/// Counts attempts.
pub struct Throttle {
    table: ThrottleTable,
    ambient: Arc<dyn Ambient>,
    per_source: i64,
}

/// An attempt that was let through and is counted; [`Throttle::forgive`] takes it back.
#[must_use]
pub struct Counted([String; 2]);

impl Throttle {
    pub async fn from_environment() -> Self {
        let client = aws_sdk_dynamodb::Client::new(&Environment::sdk_config().await);
        let table = ThrottleTable::new(client, Environment::required("TABLE_NAME"));
        let per_source = Environment::required("ATTEMPTS_PER_SOURCE");
        Self::new(table, Arc::new(SystemAmbient), per_source.parse().unwrap_or(0))
    }

    /// `per_source`: attempts from one place within a quarter of an hour, whomever they concern.
    #[must_use]
    pub fn new(table: ThrottleTable, ambient: Arc<dyn Ambient>, per_source: i64) -> Self {
        Self { table, ambient, per_source }
    }

    /// Lets an attempt on `address` from `source` pass and counts it; [`Failure::Throttled`] where there were too many. The source
    /// comes first: a flood from one place does not lock out those whom it is aimed at.
    pub async fn admit(&self, attempt: Attempt, address: &str, source: &str) -> Result<Counted, Failure> {
        let keys =
            [hash(attempt, "source", source), hash(attempt, "address", &address.trim().to_lowercase())];
        for (key, attempts) in keys.iter().zip([self.per_source, attempt.per_address()]) {
            let allowance = Allowance { attempts, seconds: QUARTER_OF_AN_HOUR };
            let admission = self.table.count(key, allowance, self.ambient.now()).await?;
            if let Admission::Refused { retry_after_seconds } = admission {
                let retry_after_seconds = u32::try_from(retry_after_seconds).unwrap_or(u32::MAX);
                return Err(Failure::Throttled { retry_after_seconds });
            }
        }
        Ok(Counted(keys))
    }

    /// Goes on with what came of an attempt, which counts where a guess was wrong: not where it was right, nor where nobody could say.
    pub async fn judge<T>(&self, counted: Counted, outcome: Result<T, Failure>) -> Result<T, Failure> {
        if !matches!(outcome, Err(Failure::Unauthenticated(_) | Failure::Invalid(_))) {
            self.forgive(counted).await?;
        }
        outcome
    }

    /// Takes an attempt back that was rightful: whoever signs in often is no guesser.
    pub async fn forgive(&self, counted: Counted) -> Result<(), Failure> {
        for key in counted.0 {
            self.table.forgive(&key).await?;
        }
        Ok(())
    }
}

/// What is counted, in no way that tells the address.
fn hash(attempt: Attempt, kind: &str, value: &str) -> String {
    hex::encode(digest(&SHA256, format!("{}\n{kind}\n{value}", attempt.label()).as_bytes()))
}

#[cfg(test)]
mod tests {
    use testkit::{FixedAmbient, LocalTable};

    use super::*;

    const ADDRESS: &str = "rep@alpha.example";

    fn throttle(table: &LocalTable, ambient: &Arc<FixedAmbient>, per_source: i64) -> Throttle {
        Throttle::new(table.throttle(), ambient.clone(), per_source)
    }

    async fn refusal(throttle: &Throttle, address: &str, source: &str) -> Option<u32> {
        match throttle.admit(Attempt::SignIn, address, source).await {
            Ok(_) => None,
            Err(Failure::Throttled { retry_after_seconds }) => Some(retry_after_seconds),
            Err(other) => panic!("{other}"),
        }
    }

    #[tokio::test]
    async fn the_eleventh_attempt_on_an_address_waits_for_the_rest_of_the_quarter() {
        let (table, ambient) = (LocalTable::start().await, Arc::new(FixedAmbient::seeded(1)));
        let throttle = throttle(&table, &ambient, 1000);
        for attempt in 0..10 {
            assert_eq!(refusal(&throttle, ADDRESS, &format!("192.0.2.{attempt}")).await, None);
        }
        ambient.advance_seconds(60);
        // However it is written, and from wherever.
        for address in [ADDRESS, "REP@Alpha.example", " rep@alpha.example "] {
            assert_eq!(refusal(&throttle, address, "198.51.100.1").await, Some(14 * 60));
        }
        assert_eq!(refusal(&throttle, "other@alpha.example", "198.51.100.1").await, None);
        ambient.advance_seconds(14 * 60);
        assert_eq!(refusal(&throttle, ADDRESS, "198.51.100.1").await, None);
    }

    #[tokio::test]
    async fn a_source_that_tries_many_addresses_waits_too_and_nobody_else() {
        let (table, ambient) = (LocalTable::start().await, Arc::new(FixedAmbient::seeded(1)));
        let throttle = throttle(&table, &ambient, 20);
        for attempt in 0..20 {
            assert_eq!(refusal(&throttle, &format!("{attempt}@alpha.example"), "192.0.2.1").await, None);
        }
        assert_eq!(refusal(&throttle, ADDRESS, "192.0.2.1").await, Some(15 * 60));
        assert_eq!(refusal(&throttle, ADDRESS, "192.0.2.2").await, None);
    }

    #[tokio::test]
    async fn of_many_at_once_no_more_pass_than_one_by_one() {
        let (table, ambient) = (LocalTable::start().await, Arc::new(FixedAmbient::seeded(1)));
        let throttle = throttle(&table, &ambient, 1000);
        let attempts = (0..40).map(|_| refusal(&throttle, ADDRESS, "192.0.2.1"));
        let outcomes = futures_util::future::join_all(attempts).await;
        assert_eq!(outcomes.into_iter().filter(Option::is_none).count(), 10);
    }

    #[tokio::test]
    async fn what_was_rightful_does_not_count() {
        let (table, ambient) = (LocalTable::start().await, Arc::new(FixedAmbient::seeded(1)));
        let throttle = throttle(&table, &ambient, 20);
        for _ in 0..30 {
            let counted = throttle.admit(Attempt::SignIn, ADDRESS, "192.0.2.1").await.unwrap();
            throttle.forgive(counted).await.unwrap();
        }
        assert_eq!(refusal(&throttle, ADDRESS, "192.0.2.1").await, None);
    }

    #[tokio::test]
    async fn what_nobody_could_say_does_not_count_and_a_wrong_guess_does() {
        let (table, ambient) = (LocalTable::start().await, Arc::new(FixedAmbient::seeded(1)));
        let throttle = throttle(&table, &ambient, 20);
        let outcomes: [fn() -> Failure; 2] = [
            || Failure::Unavailable("the pool is away".into()),
            || Failure::Throttled { retry_after_seconds: 5 },
        ];
        for outcome in outcomes.iter().cycle().take(30) {
            let counted = throttle.admit(Attempt::SignIn, ADDRESS, "192.0.2.1").await.unwrap();
            assert!(throttle.judge::<()>(counted, Err(outcome())).await.is_err());
        }
        for _ in 0..10 {
            let counted = throttle.admit(Attempt::SignIn, ADDRESS, "192.0.2.1").await.unwrap();
            assert!(throttle.judge::<()>(counted, Err(Failure::Unauthenticated("wrong"))).await.is_err());
        }
        assert!(refusal(&throttle, ADDRESS, "192.0.2.1").await.is_some());
    }

    #[tokio::test]
    async fn no_row_holds_the_address() {
        let (table, ambient) = (LocalTable::start().await, Arc::new(FixedAmbient::seeded(1)));
        assert_eq!(refusal(&throttle(&table, &ambient, 20), ADDRESS, "192.0.2.1").await, None);
        let rows = format!("{:?}", table.all_items().await);
        assert!(rows.contains("THROTTLE#") && !rows.contains("alpha") && !rows.contains("192.0"), "{rows}");
    }
}

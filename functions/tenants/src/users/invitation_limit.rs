//! How often invitations go out: to one person, so that nobody's mailbox is flooded, and from one admin, so that an account in the
//! wrong hands does not mail the world.

use kernel::{Failure, UserId, UtcTime};
use table::{Admission, Allowance, ThrottleTable};

const HOUR: i64 = 60 * 60;
const PER_PERSON: Allowance = Allowance { attempts: 5, seconds: HOUR };
const PER_ADMIN: Allowance = Allowance { attempts: 200, seconds: HOUR };

pub struct InvitationLimit(pub ThrottleTable);

impl InvitationLimit {
    /// Counts a mail that `admin` is about to send to somebody new.
    pub(super) async fn admit(&self, admin: &UserId, now: UtcTime) -> Result<(), Failure> {
        self.count(&format!("inviter-{admin}"), PER_ADMIN, now).await
    }

    /// Counts another mail to somebody who has had one.
    pub(super) async fn admit_again(
        &self,
        admin: &UserId,
        invited: &UserId,
        now: UtcTime,
    ) -> Result<(), Failure> {
        self.admit(admin, now).await?;
        self.count(&format!("invited-{invited}"), PER_PERSON, now).await
    }

    async fn count(&self, counted: &str, allowance: Allowance, now: UtcTime) -> Result<(), Failure> {
        match self.0.count(counted, allowance, now).await? {
            Admission::Passed => Ok(()),
            Admission::Refused { retry_after_seconds } => {
                let retry_after_seconds = u32::try_from(retry_after_seconds).unwrap_or(u32::MAX);
                Err(Failure::Throttled { retry_after_seconds })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Ambient;
    use testkit::{FixedAmbient, LocalTable};

    use super::*;

    #[tokio::test]
    async fn one_person_is_mailed_five_times_an_hour_and_others_go_on() {
        let (table, ambient) = (LocalTable::start().await, FixedAmbient::seeded(1));
        let limit = InvitationLimit(table.throttle());
        let [admin, one, other] = [(); 3].map(|()| UserId::generate(&ambient));
        for _ in 0..5 {
            limit.admit_again(&admin, &one, ambient.now()).await.unwrap();
        }
        let refused = limit.admit_again(&admin, &one, ambient.now()).await;
        assert!(matches!(refused, Err(Failure::Throttled { retry_after_seconds: 3600 })), "{refused:?}");
        limit.admit_again(&admin, &other, ambient.now()).await.unwrap();
        ambient.advance_seconds(HOUR);
        limit.admit_again(&admin, &one, ambient.now()).await.unwrap();
    }

    #[tokio::test]
    async fn one_admin_does_not_mail_the_world() {
        let (table, ambient) = (LocalTable::start().await, FixedAmbient::seeded(1));
        let limit = InvitationLimit(table.throttle());
        let [admin, colleague] = [(); 2].map(|()| UserId::generate(&ambient));
        for _ in 0..200 {
            limit.admit(&admin, ambient.now()).await.unwrap();
        }
        assert!(matches!(limit.admit(&admin, ambient.now()).await, Err(Failure::Throttled { .. })));
        limit.admit(&colleague, ambient.now()).await.unwrap();
    }
}

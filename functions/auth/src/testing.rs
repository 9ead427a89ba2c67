//! What the unit tests of this domain share.

use kernel::{Role, TeamIds, UserId, UtcTime};
use table::{Identity, IdentityStatus, Standing, TenantStanding};

/// An active rep of an active tenant.
pub(crate) fn standing(session_epoch: i64) -> Standing {
    Standing {
        identity: Identity {
            user: UserId::parse("usr_01jd0000000000000000000000").unwrap(),
            role: Role::Rep,
            status: IdentityStatus::Active,
            session_epoch,
            second_factor: false,
            team_ids: TeamIds::default(),
        },
        tenant: TenantStanding::new(
            "Alpha".to_owned(),
            UtcTime::from_millisecond(1_790_000_000_000).unwrap(),
        ),
    }
}

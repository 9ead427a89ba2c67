//! The caller's own account: who they are here, and what of it is theirs to change.

pub mod get;
pub mod update;
mod view;

use kernel::{Caller, Failure};
use lambda::Reply;

use crate::{app::AccountApp, user::User, users::store::UserStore};
use view::{MeView, Tenancy};

/// What the pool and the tenant say about `user`, beside their own row.
async fn answer(
    account: &AccountApp,
    caller: &Caller,
    store: &UserStore<'_>,
    user: User,
) -> Result<Reply, Failure> {
    let (standing, mfa_enabled) =
        tokio::try_join!(store.standing(), account.pool.asks_for_code(&user.record.email))?;
    let version = user.version;
    let tenancy = Tenancy { id: caller.tenant.to_string(), name: standing.name };
    Ok(Reply::ok(&MeView::of(user, tenancy, mfa_enabled, standing.mfa_required))?.versioned(version))
}

//! `DELETE /v1/users/{user_id}`

use kernel::{Action, Caller, Failure, Role, UserId};
use lambda::{Method, Reply, Request, RouteSpec};
use outbox::OwnerLeft;

use super::{
    invite::ATTEMPTS,
    store::{Refusal, UserStore},
};
use crate::{
    app::DeactivationApp,
    user::{User, UserStatus},
};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("users-deactivate", Method::DELETE, "/v1/users/{user_id}", Action::ManageUsers);

/// Ends a user's access for good and hands their records to a colleague. The user stays as the author of what they did. Asked again
/// for one who has left, it hands over again, in case the first request broke off in between.
pub async fn handle(leaving: &DeactivationApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("user_id", "user", UserId::parse)?;
    let query = request.query(&["reassign_to"])?;
    let heir = query.get("reassign_to").map(UserId::parse);
    let heir = heir.ok_or_else(|| fault("missing_parameter", "Who gets the user's records?"))?;
    let heir = heir.filter(|heir| *heir != id).ok_or_else(no_heir)?;
    let version = request.if_match()?;
    let scope = leaving.app.data.open(&caller.tenant).await;
    let store = UserStore::open(&scope).await?;
    let address = deactivate(leaving, &store, &id, &heir, version).await?;
    // The identity keeps the user out; the pool need not hand out a token that opens nothing.
    leaving.pool.disable(&address).await?;
    leaving.reassignments.send_all(&[OwnerLeft::new(&caller.tenant, id, heir)]).await?;
    Ok(Reply::no_content())
}

/// Gives the address under which the pool knows the user.
async fn deactivate(
    leaving: &DeactivationApp,
    store: &UserStore<'_>,
    id: &UserId,
    heir: &UserId,
    version: i64,
) -> Result<String, Failure> {
    for _ in 0..ATTEMPTS {
        let members = store.membership().await?;
        let of = |wanted: &UserId| members.users.iter().find(|user| user.id == *wanted);
        let user = of(id).ok_or(Failure::NotFound("user"))?;
        if user.version != version {
            return Err(Failure::Stale);
        }
        of(heir).filter(|heir| heir.status != UserStatus::Disabled).ok_or_else(no_heir)?;
        if user.status == UserStatus::Disabled {
            return Ok(user.record.email.clone());
        }
        if user.role == Role::Admin {
            members.require_other_admin(id)?;
        }
        let next = User {
            status: UserStatus::Disabled,
            version: version + 1,
            updated_at: leaving.app.ambient.now(),
            ..user.clone()
        };
        match store.replace_member(&next, version, &members.roster, &*leaving.app.ambient).await {
            Ok(()) => return Ok(next.record.email),
            Err(Refusal::Failed(failure)) => return Err(failure),
            Err(Refusal::Overtaken) => {}
        }
    }
    Err(Failure::Unavailable("others kept changing the membership".into()))
}

fn no_heir() -> Failure {
    fault("unknown_user", "This is no other user who could take the records.")
}

fn fault(code: &'static str, message: &str) -> Failure {
    Failure::field("reassign_to", code, message)
}

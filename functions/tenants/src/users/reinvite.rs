//! `POST /v1/users/{user_id}/invitation`

use kernel::{Action, Caller, Failure, UserId};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{mail::invitation_mail, password::temporary_password, store::UserStore};
use crate::{app::InvitationApp, user::UserStatus};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("users-reinvite", Method::POST, "/v1/users/{user_id}/invitation", Action::ManageUsers);

/// Sends another temporary password to somebody who has not come in yet; the one before does not hold any more.
/// [`Failure::Throttled`] where this person, or this admin's invitations, have been many within the hour.
pub async fn handle(inviting: &InvitationApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("user_id", "user", UserId::parse)?;
    let app = &inviting.app;
    let scope = app.data.open(&caller.tenant).await;
    let store = UserStore::open(&scope).await?;
    let user = store.find(&id).await?.ok_or(Failure::NotFound("user"))?;
    if user.status != UserStatus::Invited {
        return Err(Failure::Conflict { code: "not_invited", detail: "the user has no open invitation" });
    }
    inviting.limit.admit_again(&caller.user, &id, app.ambient.now()).await?;
    let standing = store.standing().await?;
    let password = temporary_password(&*app.ambient);
    inviting.pool.renew_password(&user.record.email, &password).await?;
    let (to, name) = (&user.record.email, &user.record.name);
    inviting.mail.send(to, invitation_mail(to, name, &standing.name, &password)).await?;
    Ok(Reply::no_content())
}

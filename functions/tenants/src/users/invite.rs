//! `POST /v1/users`

use kernel::{Action, Caller, Failure, Faults, Role, SignInAddress, TeamIds, UserId, UserRecord};
use lambda::{Method, Reply, Request, RouteSpec};
use serde::Deserialize;

use super::{
    input,
    mail::invitation_mail,
    password::temporary_password,
    store::{Refusal, UserStore},
    view::UserView,
};
use crate::{app::InvitationApp, user::User};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("users-invite", Method::POST, "/v1/users", Action::ManageUsers);

/// How often a decision that others have overtaken is taken again.
pub(super) const ATTEMPTS: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InvitationInput {
    email: String,
    name: String,
    role: String,
    #[serde(default)]
    team_ids: Vec<String>,
}

struct Invitation {
    address: SignInAddress,
    name: String,
    role: Role,
    team_ids: TeamIds,
}

impl InvitationInput {
    fn parse(self) -> Result<Invitation, Failure> {
        let mut faults = Faults::default();
        let address = input::address(&self.email, &mut faults);
        let name = input::name(&self.name, &mut faults);
        let role = input::role(&self.role, &mut faults);
        let team_ids = input::teams(&self.team_ids, &mut faults);
        faults.into_result()?;
        let (Some(address), Some(role)) = (address, role) else {
            return Err(Failure::internal("a fault was not noted"));
        };
        Ok(Invitation { address, name, role, team_ids })
    }
}

/// Invites somebody into the caller's tenant. The row is written before the mail is sent: where the mail is not taken, the user
/// stands as invited and can be invited again.
pub async fn handle(inviting: &InvitationApp, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let invitation = request.body::<InvitationInput>()?.parse()?;
    let app = &inviting.app;
    let scope = app.data.open(&caller.tenant).await;
    let store = UserStore::open(&scope).await?;
    let standing = store.standing().await?;
    // Asked again when the user is written; asked here so that a full tenant leaves nothing in the pool.
    store.membership().await?.require_room(standing.user_limit)?;

    inviting.limit.admit(&caller.user, app.ambient.now()).await?;
    let password = temporary_password(&*app.ambient);
    let in_pool = inviting.pool.create(&caller.tenant, &invitation.address, &password).await?;
    let record = UserRecord::new(invitation.name, invitation.address.as_str().to_owned(), None);
    let id = UserId::generate(&*app.ambient);
    let invited = User::invited(id, in_pool.sub, invitation.role, record, app.ambient.now());
    let user = User { team_ids: invitation.team_ids, ..invited };
    insert(inviting, &store, &user, standing.user_limit).await?;
    if in_pool.found {
        inviting.pool.renew_password(invitation.address.as_str(), &password).await?;
    }
    let (to, name) = (&user.record.email, &user.record.name);
    inviting.mail.send(to, invitation_mail(to, name, &standing.name, &password)).await?;
    let (id, version) = (user.id.clone(), user.version);
    Ok(Reply::created(&UserView::of(user, &caller))?.located_at(format!("/v1/users/{id}")).versioned(version))
}

async fn insert(
    inviting: &InvitationApp,
    store: &UserStore<'_>,
    user: &User,
    limit: Option<u32>,
) -> Result<(), Failure> {
    for _ in 0..ATTEMPTS {
        let members = store.membership().await?;
        members.require_room(limit)?;
        match store.insert(user, &members.roster, &*inviting.app.ambient).await {
            Ok(()) => return Ok(()),
            Err(Refusal::Failed(failure)) => return Err(failure),
            Err(Refusal::Overtaken) => {}
        }
    }
    Err(Failure::Unavailable("others kept changing the membership".into()))
}

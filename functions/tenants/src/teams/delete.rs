//! `DELETE /v1/teams/{team_id}`

use kernel::{Action, Caller, Failure, TeamId};
use lambda::{Method, Reply, Request, RouteSpec};

use super::store::TeamStore;
use crate::{app::App, user::UserStatus, users::store::UserStore};

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("teams-delete", Method::DELETE, "/v1/teams/{team_id}", Action::ManageTeams);

const ATTEMPTS: usize = 5;

/// Removes a team that nobody is in. Those who have left do not hold it.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("team_id", "team", TeamId::parse)?;
    request.query(&[])?;
    let version = request.if_match()?;
    let scope = app.data.open(&caller.tenant).await;
    let (teams, users) = (TeamStore::new(&scope), UserStore::open(&scope).await?);
    teams.find(&id).await?.ok_or(Failure::NotFound("team"))?;
    for _ in 0..ATTEMPTS {
        let members = users.membership().await?;
        let mut present = members.users.iter().filter(|user| user.status != UserStatus::Disabled);
        if present.any(|user| user.team_ids.0.contains(&id)) {
            return Err(Failure::Conflict { code: "team_has_members", detail: "the team has members" });
        }
        if teams.remove(&id, version, &members.roster, &*app.ambient).await? {
            return Ok(Reply::no_content());
        }
    }
    Err(Failure::Unavailable("others kept changing the membership".into()))
}

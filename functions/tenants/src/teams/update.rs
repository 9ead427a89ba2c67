//! `PATCH /v1/teams/{team_id}`

use kernel::{Action, Caller, Failure, TeamId};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{
    store::TeamStore,
    team::{Team, TeamInput, TeamView},
};
use crate::app::App;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("teams-update", Method::PATCH, "/v1/teams/{team_id}", Action::ManageTeams);

/// Gives a team another name.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let id = request.path("team_id", "team", TeamId::parse)?;
    let version = request.if_match()?;
    let name = request.body::<TeamInput>()?.parse()?;
    let scope = app.data.open(&caller.tenant).await;
    let store = TeamStore::new(&scope);
    let team = store.find(&id).await?.ok_or(Failure::NotFound("team"))?;
    if team.version != version {
        return Err(Failure::Stale);
    }
    let next = if team.name == name {
        team
    } else {
        let next = Team { name, version: version + 1, updated_at: app.ambient.now(), ..team };
        store.replace(&next, version).await?;
        next
    };
    let version = next.version;
    Ok(Reply::ok(&TeamView::from(next))?.versioned(version))
}

//! `POST /v1/teams`

use kernel::{Action, Caller, Failure, TeamId};
use lambda::{Method, Reply, Request, RouteSpec};

use super::{
    store::TeamStore,
    team::{Team, TeamInput, TeamView},
};
use crate::app::App;

pub const ROUTE: RouteSpec =
    RouteSpec::bearer("teams-create", Method::POST, "/v1/teams", Action::ManageTeams);

/// Makes a team that nobody is in yet.
pub async fn handle(app: &App, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let name = request.body::<TeamInput>()?.parse()?;
    let now = app.ambient.now();
    let team = Team {
        id: TeamId::with_suffix(&request.suffix(&*app.ambient)),
        name,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let scope = app.data.open(&caller.tenant).await;
    let store = TeamStore::new(&scope);
    let team = match store.insert(&team).await {
        Ok(()) => team,
        // The same request got so far before.
        Err(failure) => store.find(&team.id).await?.ok_or(failure)?,
    };
    let (id, version) = (team.id.clone(), team.version);
    Ok(Reply::created(&TeamView::from(team))?.located_at(format!("/v1/teams/{id}")).versioned(version))
}

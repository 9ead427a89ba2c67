//! The rows of a tenant's teams.

use kernel::{Ambient, Failure, Limit, TeamId};
use table::{Direction, Item, ItemBuilder, ItemReader, Range, Roster, TableError};
use tenancy::TenantScope;

use super::team::Team;

/// The teams of one tenant.
pub struct TeamStore<'a> {
    scope: &'a TenantScope,
}

/// Teams in the order in which they were made; `last` is the position to go on behind.
pub struct TeamPage {
    pub teams: Vec<Team>,
    pub last: Option<String>,
}

impl<'a> TeamStore<'a> {
    #[must_use]
    pub fn new(scope: &'a TenantScope) -> Self {
        Self { scope }
    }

    pub async fn find(&self, id: &TeamId) -> Result<Option<Team>, Failure> {
        let item = self.scope.table.get(&self.scope.table.keys().team(id)).await?;
        item.map(|item| read(&item)).transpose()
    }

    /// Oldest first, from behind `after`.
    pub async fn page(&self, limit: Limit, after: Option<String>) -> Result<TeamPage, Failure> {
        let range = Range {
            partition: self.scope.table.keys().teams(),
            direction: Direction::Ascending,
            limit: limit.get(),
            after,
        };
        let page = self.scope.table.query(&range).await?;
        Ok(TeamPage { teams: page.items.iter().map(read).collect::<Result<_, _>>()?, last: page.last })
    }

    pub async fn insert(&self, team: &Team) -> Result<(), Failure> {
        Ok(self.scope.table.put_new(self.item(team)).await?)
    }

    /// Writes the next state of a team that must still be at `version`.
    pub async fn replace(&self, next: &Team, version: i64) -> Result<(), Failure> {
        let transaction = self.scope.table.transaction().put_over_version(self.item(next), version);
        transaction.commit().await.map_err(|error| match error {
            TableError::ConditionFailed { .. } => Failure::Stale,
            error => error.into(),
        })
    }

    /// Removes a team that must still be at `version`. `false` where the membership has moved since `roster` was read.
    pub async fn remove(
        &self,
        id: &TeamId,
        version: i64,
        roster: &Roster,
        ambient: &dyn Ambient,
    ) -> Result<bool, Failure> {
        let key = self.scope.table.keys().team(id);
        let transaction = self.scope.table.transaction().delete_at_version(&key, version);
        match transaction.move_roster(roster, ambient).commit().await {
            Ok(()) => Ok(true),
            Err(TableError::ConditionFailed { element: 0 }) => Err(Failure::Stale),
            Err(TableError::ConditionFailed { .. } | TableError::Conflict(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn item(&self, team: &Team) -> Item {
        ItemBuilder::new(&self.scope.table.keys().team(&team.id))
            .text("name", team.name.clone())
            .number("version", team.version)
            .time("created_at", team.created_at)
            .time("updated_at", team.updated_at)
            .build()
    }
}

fn read(item: &Item) -> Result<Team, Failure> {
    let item = ItemReader::new(item);
    Ok(Team {
        id: item.parsed("sk", TeamId::parse)?,
        name: item.text("name")?.to_owned(),
        version: item.number("version")?,
        created_at: item.time("created_at")?,
        updated_at: item.time("updated_at")?,
    })
}

#[cfg(test)]
mod tests {
    use testkit::TestInstallation;

    use super::*;

    #[tokio::test]
    async fn a_team_goes_at_its_version_and_while_nobody_joins() {
        let installation = TestInstallation::start().await;
        let scope = installation.provisioned("tnt_a").await;
        let (store, ambient) = (TeamStore::new(&scope), &*installation.ambient);
        let now = ambient.now();
        let team = Team {
            id: TeamId::generate(ambient),
            name: "North".to_owned(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        store.insert(&team).await.unwrap();
        let renamed = Team { name: "South".to_owned(), version: 2, ..team.clone() };
        store.replace(&renamed, 1).await.unwrap();
        assert!(matches!(store.replace(&renamed, 1).await, Err(Failure::Stale)));
        let roster = scope.table.roster().await.unwrap();
        assert!(matches!(store.remove(&team.id, 1, &roster, ambient).await, Err(Failure::Stale)));
        scope.table.transaction().move_roster(&roster, ambient).commit().await.unwrap();
        assert!(!store.remove(&team.id, 2, &roster, ambient).await.unwrap());
        assert_eq!(store.find(&team.id).await.unwrap(), Some(renamed));
        let roster = scope.table.roster().await.unwrap();
        assert!(store.remove(&team.id, 2, &roster, ambient).await.unwrap());
        assert_eq!(store.find(&team.id).await.unwrap(), None);
    }
}

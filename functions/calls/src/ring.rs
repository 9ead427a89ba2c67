//! Whom an inbound call rings: the contact's owner if they are there, else the number's team, else nobody.

use std::sync::Arc;

use futures_util::future::try_join_all;
use kernel::{
    Caller, ContactId, Failure, PhoneNumber, Role, TeamId, TeamIds, UserId, UserRecord, UtcTime,
    access::{ContactAccess, Visibility},
};
use table::{Direction as Order, Item, ItemReader, MalformedItem, Purpose, Range, read_contact_access};
use tenancy::{TenantScope, contacts_with_phone, unseal_record};
use vault::TenantVault;

/// What one `<Dial>` takes is ten; each user may be rung in the browser and by telephone.
const MOST_RUNG: usize = 5;
/// Users of a tenant that are looked through for members of a team.
const PAGES_OF_USERS: usize = 5;
const USERS_AT_ONCE: u8 = 200;
/// Members of a team whose presence is looked up.
const MOST_CANDIDATES: usize = 40;

/// Somebody to be rung.
#[derive(Clone)]
pub struct Rung {
    pub user: UserId,
    /// Their own telephone, E.164.
    pub phone: Option<String>,
}

/// A contact who calls.
pub struct KnownCaller {
    pub contact: ContactId,
    pub access: ContactAccess,
}

/// Reads what routing a call takes.
pub struct Switchboard<'a> {
    scope: &'a TenantScope,
    vault: Arc<TenantVault>,
}

impl<'a> Switchboard<'a> {
    pub async fn open(scope: &'a TenantScope) -> Result<Self, Failure> {
        Ok(Self { scope, vault: scope.vault().await? })
    }

    /// The contact with this number; of several the one known longest. `None` for strangers, and for contacts who are gone.
    pub async fn caller(&self, number: &PhoneNumber) -> Result<Option<KnownCaller>, Failure> {
        let table = &self.scope.table;
        for contact in contacts_with_phone(self.scope, number.e164()).await? {
            let item = table.get(&table.keys().contact(&contact)).await?;
            if let Some(access) = item.map_or(Ok(None), |item| read_contact_access(&item))? {
                return Ok(Some(KnownCaller { contact, access }));
            }
        }
        Ok(None)
    }

    /// The contact's owner where they are there, else whoever of the team is and may see the contact: who is rung is told whose call
    /// it is.
    pub async fn whom_to_ring(
        &self,
        contact: Option<&ContactAccess>,
        team: Option<&TeamId>,
        now: UtcTime,
    ) -> Result<Vec<Rung>, Failure> {
        if let Some(access) = contact
            && let Some(rung) = self.present(self.user(&access.owner).await?, now).await?
        {
            return Ok(vec![rung]);
        }
        let Some(team) = team else { return Ok(Vec::new()) };
        let mut members = self.members(team).await?;
        if let Some(access) = contact.filter(|access| access.visibility != Visibility::Tenant) {
            members = self.seeing(members, access).await?;
        }
        let present = members.into_iter().map(|member| self.present(Some(member), now));
        Ok(try_join_all(present).await?.into_iter().flatten().take(MOST_RUNG).collect())
    }

    /// Those that are to be rung, with their telephones as they are now.
    pub async fn telephones(&self, users: &[UserId]) -> Result<Vec<Rung>, Failure> {
        let mut rung = Vec::new();
        for user in users {
            if let Some(item) = self.user(user).await? {
                rung.push(self.rung(&item)?);
            }
        }
        Ok(rung)
    }

    async fn user(&self, user: &UserId) -> Result<Option<Item>, Failure> {
        Ok(self.scope.table.get(&self.scope.table.keys().user(user)).await?)
    }

    async fn members(&self, team: &TeamId) -> Result<Vec<Item>, Failure> {
        let (mut members, mut after) = (Vec::new(), None);
        for _ in 0..PAGES_OF_USERS {
            let page = self.page(self.scope.table.keys().users(), USERS_AT_ONCE, after).await?;
            members.extend(page.items.into_iter().filter(|item| belongs(item, team)));
            after = page.last;
            if after.is_none() || members.len() >= MOST_CANDIDATES {
                break;
            }
        }
        members.truncate(MOST_CANDIDATES);
        Ok(members)
    }

    /// Those among them who may see the contact.
    async fn seeing(&self, members: Vec<Item>, access: &ContactAccess) -> Result<Vec<Item>, Failure> {
        let teams_of = |item: &Item| -> Result<TeamIds, MalformedItem> {
            Ok(ItemReader::new(item).optional_parsed("team_ids", TeamIds::parse)?.unwrap_or_default())
        };
        let owner = self.user(&access.owner).await?;
        let owners_teams = owner.as_ref().map(teams_of).transpose()?.unwrap_or_default();
        let mut seeing = Vec::with_capacity(members.len());
        for item in members {
            let row = ItemReader::new(&item);
            let caller = Caller {
                tenant: self.scope.table.tenant().clone(),
                user: row.parsed("sk", UserId::parse)?,
                role: row.parsed("role", Role::parse)?,
                teams: teams_of(&item)?,
            };
            if access.visible_to(&caller, &owners_teams) {
                seeing.push(item);
            }
        }
        Ok(seeing)
    }

    /// A user is there who is active and has the application open somewhere.
    async fn present(&self, user: Option<Item>, now: UtcTime) -> Result<Option<Rung>, Failure> {
        let Some(item) = user.filter(|item| ItemReader::new(item).optional_text("status") == Some("active"))
        else {
            return Ok(None);
        };
        let rung = self.rung(&item)?;
        let sockets = self.page(self.scope.table.keys().sockets(&rung.user), 10, None).await?.items;
        let open = |item: &Item| {
            ItemReader::new(item).optional_number("expires_at").is_some_and(|at| at > now.as_second())
        };
        Ok(sockets.iter().any(open).then_some(rung))
    }

    fn rung(&self, item: &Item) -> Result<Rung, Failure> {
        let reader = ItemReader::new(item);
        let record: UserRecord = unseal_record(&self.vault, reader, Purpose::UserProfile)?;
        Ok(Rung { user: reader.parsed("sk", UserId::parse)?, phone: record.phone })
    }

    async fn page(
        &self,
        partition: String,
        limit: u8,
        after: Option<String>,
    ) -> Result<table::QueryPage, Failure> {
        let range = Range { partition, direction: Order::Ascending, limit, after };
        Ok(self.scope.table.query(&range).await?)
    }
}

fn belongs(item: &Item, team: &TeamId) -> bool {
    let teams = ItemReader::new(item).optional_text("team_ids").unwrap_or_default();
    teams.split(',').any(|id| id == team.as_str())
}
